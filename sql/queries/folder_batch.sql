-- $1 batch.  How its refused records are written down.
SELECT type, header FROM batch WHERE batch_id = $1::bigint
