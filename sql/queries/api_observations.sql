-- $1 period, $2 agency, $3 indicator, $4 unverified ones too, $5 as of, $6 vintage,
-- $7 on today's agencies, $8 set of targets, $9 variant; null: the default, all, all, no, now,
-- now, no, the Resolution's, the usual one.
SELECT api_observations(choose_once($8, $9, pin($1, $5, $6)), $2, $3, $4, $7)
