-- $1 period, $2 agency, $3 indicator, $4 unverified ones too, $5 as of, $6 vintage,
-- $7 on today's agencies; null: the default, all, all, no, now, now, no.
SELECT api_observations(pin($1, $5, $6), $2, $3, $4, $7)
