-- $1 agency or null, $2 record type or null.  Batches, the newest first.
SELECT b.batch_id AS batch, b.type, b.state,
       to_char(b.received_at, 'YYYY-MM-DD HH24:MI:SS') AS received_at,
       regexp_replace(b.file, '^.*/', '') AS file, b.way, b.received, b.accepted, b.corrected,
       b.duplicate, b.stale, b.rejected,
       (SELECT count(*) FROM quarantine q
         WHERE q.batch_id = b.batch_id AND q.settled_by IS NULL) AS waiting,
       CASE WHEN w.batch_id IS NOT NULL AND w.withdrawn_at IS NULL
            THEN 'withdrawal waits for approval' ELSE w.reason END AS note
  FROM batch b LEFT JOIN withdrawal w USING (batch_id)
 WHERE ($1::text IS NULL OR EXISTS (
          SELECT FROM batch_agency a JOIN agency_name n USING (agency_id)
           WHERE a.batch_id = b.batch_id AND n.name = $1))
   AND ($2::text IS NULL OR b.type = $2)
 ORDER BY b.batch_id DESC
