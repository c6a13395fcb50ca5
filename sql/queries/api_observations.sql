-- $1 period, $2 agency, $3 indicator, $4 unverified ones too, $5 as of,
-- $6 on today's agencies; null: the default, all, all, no, now, no.
SELECT api_observations($1, $2, $3, $4, $5, $6)
