-- $1 period, $2 group, $3 slug of the indicator that orders, or overall; null: the
-- defaults.
-- $4 as of, $5 vintage; both null for now; $6 on today's agencies; $7 a peer group, $8 the
-- period to compare with, $9 order of the rows, $10 which columns, $11 agencies
-- with which verdict; null: the defaults.
SELECT page_rankings(pin($1, $4, $5), $2, $3, $6, $7, $8, $9, $10, $11)
