-- $1 period, $2 slug, $3 group of agencies: central or province.
-- $4 as of, $5 vintage; both null for now; $6 on today's agencies.
SELECT page_indicator(pin($1, $4, $5), $2, $3, $6)
