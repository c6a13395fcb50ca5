-- $1 period, $2 agency, $3 indicator, $4 unverified ones too, $5 as of; null: the
-- default, all, all, no, now.
SELECT api_observations($1, $2, $3, $4, $5)
