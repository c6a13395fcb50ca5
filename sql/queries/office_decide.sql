-- $1 number, $2 approved?
SELECT office_decide($1::bigint, $2::boolean)
