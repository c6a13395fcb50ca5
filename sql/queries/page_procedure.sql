-- $1 period, $2 code of the procedure, $3 what the agencies are ordered by; null: by volume.
SELECT page_procedure($1, $2, $3)
