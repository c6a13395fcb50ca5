-- $1 period, $2 agency, $3 slug of the indicator.
-- $4 as of, $5 vintage; both null for now.
SELECT page_explain(pin($1, $4, $5), $2, $3)
