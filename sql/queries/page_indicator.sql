-- $1 period, $2 slug of the indicator, $3 group whose agencies are listed.
-- $4 as of, $5 vintage; both null for now; $6 on today's agencies; $7 what the map's colours say.
SELECT page_indicator(pin($1, $4, $5), $2, $3, $6, $7)
