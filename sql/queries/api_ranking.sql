-- $1 period, $2 indicator, or overall, $3 group; null: the defaults, both kinds.
-- $4 as of, $5 vintage; both null for now; $6 on today's agencies.
SELECT api_ranking(pin($1, $4, $5), $2, $3, $6)
