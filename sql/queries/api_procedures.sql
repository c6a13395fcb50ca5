-- $1 what was typed, $2 agency, $3 after, $4 how many; null: all, any, the first page, 100.
SELECT api_procedures($1, $2, $3, $4)
