-- $1 period, $2 agency, $3 indicator, $4 the period to compare with; null: the one before.
-- $5 as of, $6 vintage; both null for now; $7 on today's agencies.
SELECT page_move(pin($1, $5, $6), $2, $3, $4, $7)
