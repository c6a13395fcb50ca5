-- $1 code, $2 agency, $3 batch, $4 field, $5 how many at most; each may be null.
-- Refused records that wait to be mended, the newest batch first.
SELECT q.batch_id AS batch, q.line, b.type, coalesce(a.label, '') AS agency, q.dossier, q.field,
       q.value, q.code, q.message
  FROM quarantine q JOIN batch b USING (batch_id) LEFT JOIN agency a ON a.agency_id = q.agency_id
 WHERE q.settled_by IS NULL
   AND ($1::text IS NULL OR q.code = $1)
   AND ($2::text IS NULL OR q.agency_id IN (SELECT n.agency_id FROM agency_name n WHERE n.name = $2))
   AND ($3::bigint IS NULL OR q.batch_id = $3)
   AND ($4::text IS NULL OR q.field = $4)
 ORDER BY q.batch_id DESC, q.line
 LIMIT $5::bigint
