-- Every refused record of the batch named by the setting nq17.batch (a cursor
-- takes no parameter).
DECLARE refused NO SCROLL CURSOR FOR
SELECT line, code, message, record
  FROM quarantine
 WHERE batch_id = current_setting('nq17.batch')::bigint
 ORDER BY line
