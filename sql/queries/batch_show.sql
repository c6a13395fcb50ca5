-- $1 batch.
SELECT b.batch_id AS batch, b.type, b.state, b.file, b.way, b.delivery, b.sha256,
       b.received_at, b.committed_at,
       (SELECT string_agg(a.label, ', ' ORDER BY a.label COLLATE "C")
          FROM batch_agency x JOIN agency a USING (agency_id)
         WHERE x.batch_id = b.batch_id) AS agencies,
       b.received, b.accepted, b.corrected, b.duplicate, b.stale, b.rejected, b.refusal,
       (SELECT count(*) FROM quarantine q
         WHERE q.batch_id = b.batch_id AND q.settled_by IS NULL) AS waiting,
       CASE b.type WHEN 'dossier' THEN (SELECT count(*) FROM dossier d
                                         WHERE d.batch_id = b.batch_id) END AS current_dossiers,
       batch_is_published(b.batch_id) AS published,
       w.reason AS withdrawal_reason, w.requested_by, w.requested_at, w.approved_by,
       w.withdrawn_at, w.removed, w.restored, w.kept
  FROM batch b LEFT JOIN withdrawal w USING (batch_id)
 WHERE b.batch_id = $1::bigint
