-- Every refused record of the batch named by the setting nq17.batch; with nq17.waiting, those
-- that still wait; with nq17.code, those of that code (a cursor takes no parameter).
DECLARE refused NO SCROLL CURSOR FOR
SELECT line, code, message, record, (length > octet_length(record))::int AS cut
  FROM quarantine
 WHERE batch_id = current_setting('nq17.batch')::bigint
   AND (settled_by IS NULL OR coalesce(current_setting('nq17.waiting', true), '') = '')
   AND coalesce(current_setting('nq17.code', true), '') IN ('', code)
 ORDER BY line
