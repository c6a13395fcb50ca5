-- $1 schedule, $2 period, $3 cause, $4 who hears of failures where the schedule names nobody.
SELECT schedule_fire($1::bigint, $2, $3, $4)
