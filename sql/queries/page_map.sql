-- $1 period, $2 indicator, $3 what the colours say; null: the defaults.
-- $4 as of, $5 vintage; both null for now; $6 on today's agencies.
SELECT page_map(pin($1, $4, $5), $2, $3, $6)
