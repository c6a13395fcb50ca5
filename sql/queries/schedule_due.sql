-- Schedules whose next run has come.
SELECT schedule_id, name, rrule, to_char(starts, 'YYYY-MM-DD"T"HH24:MI:SS') AS starts, zone, shift,
       extract(epoch FROM next_run)::bigint AS next_run,
       extract(epoch FROM clock_timestamp())::bigint AS now
  FROM schedule
 WHERE state = 'active' AND next_run <= clock_timestamp()
 ORDER BY next_run, schedule_id
