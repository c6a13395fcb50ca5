-- $1 schedule, $2 period, $3 who hears of failures where the schedule names nobody.
SELECT schedule_run_now($1::bigint, $2, $3)
