-- $1 row.  What became of it, step by step.
SELECT to_char(at, 'YYYY-MM-DD HH24:MI:SS') AS at, state, answer
  FROM outbox_event WHERE outbox_id = $1::bigint ORDER BY outbox_event.at
