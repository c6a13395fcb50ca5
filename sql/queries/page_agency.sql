-- $1 period, $2 agency: VN, a code or CODE@YEAR.
-- $3 as of, $4 vintage; both null for now.
SELECT page_agency(pin($1, $3, $4), $2)
