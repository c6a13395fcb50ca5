-- $1 period, $2 agency, $3 indicator, $4 a threshold to try, $5 how many procedures; null:
-- the default, the nation, all targets, none, ten.
SELECT act_model($1, $2, $3, $4, $5::int)
