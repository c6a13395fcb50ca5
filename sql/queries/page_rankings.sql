-- $1 period, $2 group, $3 slug of the indicator that orders, or overall, $4 on
-- today's agencies; null: the defaults.
SELECT page_rankings($1, $2, $3, $4)
