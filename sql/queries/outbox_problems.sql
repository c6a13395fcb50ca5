-- $1 schedule, $2 period.  What the owner is to know.
SELECT o.recipient, coalesce(a.label, 'VN') AS agency, o.state, coalesce(o.answer, '') AS answer
  FROM outbox o LEFT JOIN agency a USING (agency_id)
 WHERE o.schedule_id = $1::bigint AND o.period = $2 AND o.kind <> 'alert'
   AND (o.state IN ('failed', 'bounced', 'uncertain') OR is_late(o))
 ORDER BY o.outbox_id
