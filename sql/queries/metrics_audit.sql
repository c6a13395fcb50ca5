-- How the newest audit ended, and how long ago; no row before the first.
SELECT differences, extract(epoch FROM clock_timestamp() - ended_at)::bigint AS age
  FROM audit_run ORDER BY ended_at DESC LIMIT 1
