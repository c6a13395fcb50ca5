-- $1 period, $2 slug, $3 group of agencies: central or province.
SELECT page_indicator($1, $2, $3)
