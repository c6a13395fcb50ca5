-- $1 batch: how its refused records are to be read.
SELECT type, format, header FROM batch WHERE batch_id = $1::bigint
