-- $1 schedule, $2 active, paused or removed, $3 and $4 the next run and its day, or null.
SELECT schedule_switch($1::bigint, $2, to_timestamp($3::bigint), '1970-01-01'::date + $4::int)
