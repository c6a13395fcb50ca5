-- $1 period, $2 score, $3 group or null, $4 on today's agencies.
SELECT score_model($1, $2, $3, $4::boolean)
