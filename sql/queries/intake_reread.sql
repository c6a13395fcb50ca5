-- $1 batch, $2 format, $3 the header line of a CSV file or null: how its refused records
-- are read again.
UPDATE batch SET format = $2, header = $3 WHERE batch_id = $1::bigint
