-- $1 row, $2 what a person found (accepted, bounced, failed, queued), $3 who says so.
WITH found AS (
  UPDATE outbox SET state = $2, attempts = attempts + 1, handed_at = NULL, lease_until = NULL,
         next_try = clock_timestamp(), answer = 'says ' || $3,
         settled_at = CASE WHEN $2 <> 'queued' THEN clock_timestamp() END
   WHERE outbox_id = $1::bigint
     AND (state = 'uncertain' OR state = 'accepted' AND $2 = 'bounced')
   RETURNING outbox_id, state
), told AS (
  INSERT INTO outbox_event (outbox_id, state, answer) SELECT outbox_id, state, 'says ' || $3 FROM found
)
SELECT outbox_id FROM found
