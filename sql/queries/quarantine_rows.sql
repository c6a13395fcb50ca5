-- $1 batch, $2 code, $3 agency, $4 record type, $5 format, $6 header, $7 agency of the file;
-- $8 and $9: the batch and line behind which to go on.  The next refused records that can
-- be sent again, in the order in which they came.
SELECT q.batch_id, q.line, q.record
  FROM quarantine q JOIN batch b USING (batch_id) LEFT JOIN agency a ON a.agency_id = b.agency_id
 WHERE q.settled_by IS NULL AND quarantine_is_whole(q)
   AND ($1::bigint IS NULL OR q.batch_id = $1)
   AND ($2::text IS NULL OR q.code = $2)
   AND ($3::text IS NULL OR q.agency_id IN (SELECT n.agency_id FROM agency_name n WHERE n.name = $3))
   AND b.type = $4 AND b.format = $5 AND b.header IS NOT DISTINCT FROM $6
   AND a.label IS NOT DISTINCT FROM $7
   AND (q.batch_id, q.line) > ($8::bigint, $9::bigint)
 ORDER BY q.batch_id, q.line
 LIMIT 1000
