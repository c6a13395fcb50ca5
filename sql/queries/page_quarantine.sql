-- $1 agency, $2 code, $3 words, $4 batch, $5 `all`, $6 the record to go on behind, $7 how many.
SELECT quarantine_page($1, $2, $3, $4, $5, $6, $7)
