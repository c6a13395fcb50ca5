-- $1 name, $2 Vietnamese, $3 English, $4 begins, $5 owner or null, $6 source, $7 author.
SELECT target_set_add($1, $2, $3, $4::date, $5, $6, $7)
