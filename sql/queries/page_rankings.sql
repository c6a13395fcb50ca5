-- $1 period, $2 group, $3 slug of the indicator that orders, or overall; null: the
-- defaults.
SELECT page_rankings($1, $2, $3)
