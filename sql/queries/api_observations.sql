-- $1 period, $2 agency, $3 indicator, $4 unverified ones too, $5 as of, $6 vintage; null: the
-- default, all, all, no, now.
SELECT api_observations(pin($1, $5, $6), $2, $3, $4)
