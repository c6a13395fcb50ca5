-- $1 period, $2 agency: VN, a code or CODE@YEAR; $3 the indicator to take apart or null.
-- $4 as of, $5 vintage; both null for now; $6 on today's agencies.
SELECT page_agency(pin($1, $4, $5), $2, $3, $6)
