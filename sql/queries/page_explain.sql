-- $1 period, $2 agency, $3 slug of the indicator.
SELECT page_explain($1, $2, $3)
