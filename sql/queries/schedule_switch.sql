-- $1 schedule, $2 active, paused or removed, $3 and $4 the next run and its day, or null.
UPDATE schedule SET state = $2, next_run = to_timestamp($3::bigint), next_day = '1970-01-01'::date + $4::int
 WHERE schedule_id = $1::bigint
