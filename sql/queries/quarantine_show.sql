-- $1 batch, $2 line.
SELECT q.batch_id AS batch, q.line, b.type, a.label AS agency, q.dossier, q.key, q.field, q.value,
       q.code, q.message, q.length, encode(q.sha256, 'hex') AS sha256, q.masked,
       q.settled_by, q.settled_as, q.record
  FROM quarantine q JOIN batch b USING (batch_id) LEFT JOIN agency a ON a.agency_id = q.agency_id
 WHERE q.batch_id = $1::bigint AND q.line = $2::bigint
