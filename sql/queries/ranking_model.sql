-- $1 period, $2 indicator, $3 group or null, $4 on today's agencies, $5 as of, or null.
SELECT ranking_model($1, $2, $3, $4::boolean, moment_of($5))
