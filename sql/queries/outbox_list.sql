-- $1 name of a schedule, $2 period, $3 state; null: all.
SELECT o.outbox_id AS id, s.name AS schedule, o.period, coalesce(a.label, 'VN') AS agency, o.recipient,
       o.kind, o.revision, o.state, o.attempts, to_char(o.queued_at, 'YYYY-MM-DD HH24:MI:SS') AS queued,
       to_char(o.settled_at, 'YYYY-MM-DD HH24:MI:SS') AS settled,
       CASE WHEN o.state IN ('queued', 'deferred')
            THEN to_char(o.next_try, 'YYYY-MM-DD HH24:MI:SS') END AS next_try,
       o.message_id, o.sha256, o.answer
  FROM outbox o JOIN schedule s USING (schedule_id) LEFT JOIN agency a ON a.agency_id = o.agency_id
 WHERE ($1::text IS NULL OR s.name = $1) AND ($2::text IS NULL OR o.period = $2)
   AND ($3::text IS NULL OR o.state = $3)
 ORDER BY o.outbox_id
