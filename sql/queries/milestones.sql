-- $1 agency or null, $2 the day or null for that of the store.
SELECT m.task, m.kind, m.year, m.agency, m.due, m.done_on, m.status, m.days,
       m.document_number, m.issuer, m.evidence, m.verified::text AS verified,
       t.name_vi, coalesce(t.name_en, t.name_vi) AS name_en, t.outcome,
       store_is_sample()::int AS sample, coalesce($2::date, store_day()) AS day
  FROM milestones(coalesce($2::date, store_day()), $1::text) m
  JOIN task t USING (task)
 ORDER BY m.verified DESC, m.kind = 'qualitative', t.due, m.task COLLATE "C", m.year,
          m.agency COLLATE "C"
