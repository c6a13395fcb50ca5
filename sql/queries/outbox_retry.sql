-- $1 row or null for all.  What waits is tried now, and what failed once more; never what is
-- uncertain.
WITH again AS (
  UPDATE outbox SET state = CASE state WHEN 'failed' THEN 'queued' ELSE state END,
         next_try = clock_timestamp(), queued_at = clock_timestamp(), settled_at = NULL
   WHERE ($1::bigint IS NULL OR outbox_id = $1::bigint) AND recipient <> ''
     AND state IN ('deferred', 'queued', 'failed')
   RETURNING outbox_id, state
), told AS (
  INSERT INTO outbox_event (outbox_id, state, answer) SELECT outbox_id, state, 'tried again by hand' FROM again
)
SELECT count(*) AS count FROM again
