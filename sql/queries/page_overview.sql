-- $1 period, $2 slug of the indicator that the tiles show; null: the defaults.
SELECT page_overview($1, $2)
