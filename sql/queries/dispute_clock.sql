-- $1 working days, $2 why, $3 who.
SELECT docket_clock_set($1::int, $2, $3)
