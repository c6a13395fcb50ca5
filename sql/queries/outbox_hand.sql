-- $1 row, $2 attempt.  From now on the server may have it; no row: somebody else has it.
UPDATE outbox SET handed_at = clock_timestamp()
 WHERE outbox_id = $1::bigint AND attempts = $2::int AND state = 'rendering'
   AND lease_until > clock_timestamp()
RETURNING outbox_id
