-- $1 agency, $2 indicator, $3 period, $4 why, $5 evidence or null, $6 who.
SELECT dispute_open($1, $2, $3, $4, $5, $6) AS dispute
