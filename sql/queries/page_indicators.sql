-- $1 period; null: the default.
-- $2 as of, $3 vintage; both null for now; $4 on today's agencies.
SELECT page_indicators(pin($1, $2, $3), $4)
