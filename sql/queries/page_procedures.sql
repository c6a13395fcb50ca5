-- $1 period, $2 what was typed, $3 the number of the page; null: the default, all, the first.
SELECT page_procedures($1, $2, $3)
