-- $1 number, $2 kind, $3 approved or dropped, $4 by whom.
SELECT revision_decide($1::bigint, $2, $3::boolean, $4)
