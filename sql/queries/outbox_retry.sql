-- $1 row; null: whatever is deferred, or failed within a week.  Tried now; never what is
-- uncertain.
WITH again AS (
  UPDATE outbox SET state = CASE state WHEN 'failed' THEN 'queued' ELSE state END,
         next_try = clock_timestamp(), queued_at = clock_timestamp(), settled_at = NULL
   WHERE recipient <> '' AND state IN ('deferred', 'queued', 'failed')
     AND CASE WHEN $1::bigint IS NULL
              THEN state <> 'failed' OR settled_at > clock_timestamp() - interval '7 days'
              ELSE outbox_id = $1::bigint END
   RETURNING outbox_id, state
), told AS (
  INSERT INTO outbox_event (outbox_id, state, answer) SELECT outbox_id, state, 'tried again by hand' FROM again
)
SELECT count(*) AS count FROM again
