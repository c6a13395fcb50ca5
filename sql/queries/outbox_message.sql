-- $1 row, $2 attempt, $3 edition or null, $4 number of the message, $5 its SHA-256 or null.
UPDATE outbox SET edition_id = $3::bigint, message_id = $4, sha256 = $5
 WHERE outbox_id = $1::bigint AND attempts = $2::int AND state = 'rendering'
RETURNING outbox_id
