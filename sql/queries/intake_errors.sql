-- $1 batch.  The first refused records, as the receipt lists them.
SELECT line, dossier, field, value, code, message
  FROM quarantine
 WHERE batch_id = $1::bigint
 ORDER BY line
 LIMIT 1000
