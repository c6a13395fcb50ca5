-- Every refused record that waits of the batch named by the setting nq17.batch, of the code
-- nq17.code where that is set (a cursor takes no parameter).
DECLARE refused NO SCROLL CURSOR FOR
SELECT line, code, message, record, (length > octet_length(record))::int AS cut
  FROM quarantine
 WHERE batch_id = current_setting('nq17.batch')::bigint AND settled_by IS NULL
   AND coalesce(current_setting('nq17.code', true), '') IN ('', code)
 ORDER BY line
