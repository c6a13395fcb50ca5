-- $1 schedule that was removed: what waits is not sent.
WITH dropped AS (
  UPDATE outbox SET state = 'failed', answer = 'the schedule was removed', settled_at = clock_timestamp()
   WHERE schedule_id = $1::bigint AND state IN ('queued', 'deferred')
   RETURNING outbox_id, state, answer
), told AS (
  INSERT INTO outbox_event (outbox_id, state, answer) SELECT * FROM dropped
)
SELECT count(*) AS count FROM dropped
