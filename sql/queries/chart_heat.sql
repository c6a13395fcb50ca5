-- $1 period, $2 group, $3 slug of the indicator that orders, or overall; null: the
-- defaults.
-- $4 as of, $5 vintage; both null for now; $6 on today's agencies.
SELECT json_build_object('heat', heat_of(page_rankings(pin($1, $4, $5), $2, $3, $6)))
