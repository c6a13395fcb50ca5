-- $1 who takes it, $2 for how many seconds.  The row that has been due for longest, with all
-- that it takes to deliver it; no row: nothing is due.
WITH claimed AS (
  UPDATE outbox o
     SET state = 'rendering', attempts = o.attempts + 1, leased_by = $1, handed_at = NULL,
         lease_until = clock_timestamp() + make_interval(secs => $2::int)
   WHERE o.outbox_id = (
     SELECT c.outbox_id
       FROM outbox c JOIN schedule s USING (schedule_id)
      WHERE c.state IN ('queued', 'deferred', 'rendering') AND c.next_try <= clock_timestamp()
        AND (c.state <> 'rendering' OR (c.lease_until < clock_timestamp() AND c.handed_at IS NULL))
        AND (s.state = 'active' OR c.kind = 'alert')
      ORDER BY c.next_try, c.outbox_id
      LIMIT 1 FOR UPDATE OF c SKIP LOCKED)
  RETURNING o.*
)
SELECT c.outbox_id, c.attempts, c.schedule_id, c.period, c.recipient, c.kind, c.revision, c.edition_id,
       c.message_id, c.sha256, c.agency_id, coalesce(a.label, 'VN') AS agency,
       CASE WHEN c.agency_id = 0 THEN CASE WHEN s.lang = 'vi' THEN 'Cả nước' ELSE 'Viet Nam' END
            WHEN s.lang = 'vi' THEN a.name_vi ELSE coalesce(a.name_en, a.name_vi) END AS agency_name,
       s.name AS schedule, s.report, s.indicator, s.lang, array_to_string(s.formats, ',') AS formats,
       s.credential_file, s.alert_to, period_name(c.period, s.lang) AS period_name,
       CASE WHEN s.owner_id = 0
            THEN CASE WHEN s.lang = 'vi' THEN 'Văn phòng Chính phủ' ELSE 'Office of the Government' END
            WHEN s.lang = 'vi' THEN w.name_vi ELSE coalesce(w.name_en, w.name_vi) END AS owner,
       encode(substr(sha256(convert_to(concat_ws('|', s.schedule_id, s.name, s.added_at, c.period,
         c.recipient, c.agency_id, c.kind, c.revision), 'UTF8')), 1, 16), 'hex') AS number,
       extract(epoch FROM c.queued_at)::bigint AS queued_at,
       (c.queued_at < clock_timestamp() - interval '5 days')::int AS is_old,
       CASE c.kind WHEN 'correction' THEN c.revision ELSE standing_vintage(c.period) END AS vintage,
       CASE WHEN r.cause = 'deadline' THEN r.readiness END AS readiness,
       -- asked when it is sent: a contact may have left since
       (c.kind = 'alert' OR EXISTS (SELECT FROM schedule_recipients(s, c.period) r
                                     WHERE r.agency_id = c.agency_id AND r.recipient = c.recipient))::int
         AS is_addressed,
       e.edition_id AS made, p.edition_id AS previous, p.message_id AS previous_message,
       p.vintage_id AS previous_vintage
  FROM claimed c
  JOIN schedule s USING (schedule_id)
  LEFT JOIN agency a ON a.agency_id = c.agency_id
  LEFT JOIN agency w ON w.agency_id = s.owner_id
  LEFT JOIN schedule_run r ON r.schedule_id = c.schedule_id AND r.period = c.period
  LEFT JOIN edition e ON e.agency_id = c.agency_id AND e.schedule_id = c.schedule_id
                     AND e.period = c.period AND e.revision = c.revision
  LEFT JOIN LATERAL (   -- what this recipient has had last
    SELECT o.edition_id, o.message_id, x.vintage_id FROM outbox o JOIN edition x USING (edition_id)
     WHERE c.kind = 'correction' AND o.schedule_id = c.schedule_id AND o.period = c.period
       AND o.recipient = c.recipient AND o.agency_id = c.agency_id AND o.kind <> 'alert'
       AND o.revision < c.revision AND o.edition_id IS NOT NULL
       AND o.state IN ('accepted', 'uncertain')
     ORDER BY o.revision DESC LIMIT 1) p ON true
