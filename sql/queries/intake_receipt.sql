-- $1 batch, $2 the receipt as JSON.
UPDATE batch SET receipt = $2 WHERE batch_id = $1::bigint
