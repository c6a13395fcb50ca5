-- $1 period, $2 what was typed or null.
SELECT page_search($1, $2)
