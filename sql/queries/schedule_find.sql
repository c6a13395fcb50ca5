-- $1 name, or $2 number.
SELECT schedule_id, state, rrule, to_char(starts, 'YYYY-MM-DD"T"HH24:MI:SS') AS starts, zone, shift,
       covers, extract(epoch FROM clock_timestamp())::bigint AS now,
       period_before(covers, (clock_timestamp() AT TIME ZONE zone)::date) AS period
  FROM schedule WHERE ($1::text IS NULL OR name = $1) AND ($2::bigint IS NULL OR schedule_id = $2) AND state <> 'removed'
