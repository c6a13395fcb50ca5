-- $1 period, $2 slug of the indicator that the tiles show; null: the defaults.
-- $3 as of, $4 vintage; both null for now.
SELECT page_overview(pin($1, $3, $4), $2)
