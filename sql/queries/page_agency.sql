-- $1 period, $2 agency: VN, a code or CODE@YEAR.
SELECT page_agency($1, $2)
