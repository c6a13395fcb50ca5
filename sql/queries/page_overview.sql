-- $1 period, $2 slug of the indicator that the map shows; null: the defaults.
-- $3 as of, $4 vintage; both null for now; $5 what the map's colours say; $6 on today's agencies.
SELECT page_overview(pin($1, $3, $4), $2, $5, $6)
