-- $1 row, $2 attempt, $3 seconds.  The lease begins anew; no row: somebody else has it.
UPDATE outbox SET lease_until = clock_timestamp() + make_interval(secs => $3::int)
 WHERE outbox_id = $1::bigint AND attempts = $2::int AND state = 'rendering'
   AND lease_until > clock_timestamp()
RETURNING outbox_id
