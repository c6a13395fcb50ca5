-- $1 row.
SELECT o.outbox_id AS id, s.name AS schedule, o.period, coalesce(a.label, 'VN') AS agency, o.recipient,
       o.kind, o.revision, o.state, o.attempts, o.queued_at, o.settled_at, o.next_try, o.lease_until,
       o.leased_by, o.message_id, o.sha256, e.title, e.verification, e.vintage_id AS vintage, o.answer
  FROM outbox o JOIN schedule s USING (schedule_id) LEFT JOIN agency a ON a.agency_id = o.agency_id
  LEFT JOIN edition e ON e.edition_id = o.edition_id
 WHERE o.outbox_id = $1::bigint
