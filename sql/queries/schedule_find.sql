-- $1 name.
SELECT schedule_id, state, rrule, to_char(starts, 'YYYY-MM-DD"T"HH24:MI:SS') AS starts, zone, shift,
       covers, extract(epoch FROM clock_timestamp())::bigint AS now,
       period_before(covers, (clock_timestamp() AT TIME ZONE zone)::date) AS period
  FROM schedule WHERE name = $1 AND state <> 'removed'
