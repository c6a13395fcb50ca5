-- $1 the period before, $2 period, $3 agency, $4 indicator, $5 the period before as
-- published by then, or null, $6 on today's agencies.
SELECT rank_move($1, $2, $3, $4, moment_of($5), $6::boolean)
