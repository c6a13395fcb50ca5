-- reconcile.sql -- what an agency says it has, day by day, beside what was counted here.

-- The measures of day_total that a count may report for a day.
CREATE VIEW day_measure AS
SELECT t.agency_id, t.day, m.measure, m.value
  FROM day_total t
 CROSS JOIN LATERAL (VALUES
   ('dossiers_received', t.received), ('dossiers_received_online', t.received_online),
   ('dossiers_resolved', t.resolved), ('dossiers_resolved_online', t.resolved_online),
   ('dossiers_resolved_on_time', t.on_time), ('dossiers_resolved_one_stop', t.one_stop)
 ) m(measure, value);

-- Control totals (counts whose period is a day) of AGENCY (0: the nation; null: of all)
-- from FIRST to LAST.  Where a measure is reported for any of these days, days that have
-- something here but no total are listed too, with nothing reported.
CREATE FUNCTION reconcile(agency int, first date, last date)
RETURNS TABLE (agency text, day date, measure text, reported bigint, counted bigint,
               difference bigint)
LANGUAGE sql STABLE AS $$
  WITH told AS (
    SELECT r.agency_id, r.first_day AS day, r.measure, r.value
      FROM reported_count r
     WHERE r.end_day = r.first_day + 1 AND r.breakdown = ''
       AND r.measure IN ('dossiers_received', 'dossiers_received_online', 'dossiers_resolved',
                         'dossiers_resolved_online', 'dossiers_resolved_on_time',
                         'dossiers_resolved_one_stop')
       AND r.first_day BETWEEN first AND last
       AND (reconcile.agency IS NULL OR r.agency_id = reconcile.agency)
  ), held AS (
    SELECT d.agency_id, d.day, d.measure, d.value FROM day_measure d
     WHERE d.day BETWEEN first AND last
       AND (d.agency_id, d.measure) IN (SELECT t.agency_id, t.measure FROM told t)
    UNION ALL
    SELECT 0, d.day, d.measure, sum(d.value)::bigint FROM day_measure d
     WHERE d.day BETWEEN first AND last
       AND d.measure IN (SELECT t.measure FROM told t WHERE t.agency_id = 0)
     GROUP BY d.day, d.measure
  )
  SELECT CASE WHEN agency_id = 0 THEN 'VN' ELSE a.label END, day, measure, t.value,
         coalesce(h.value, 0), t.value - coalesce(h.value, 0)
    FROM told t FULL JOIN held h USING (agency_id, day, measure)
    LEFT JOIN agency a USING (agency_id)
   WHERE t.value IS NOT NULL OR h.value > 0
   ORDER BY 1, 2, 3
$$;

-- The differences down to codes: a list of dossiers (CODES; RECEIVED and RESOLVED days side
-- by side, null where not told) that AGENCY says it has, against those here.  Codes that
-- agree are left out.
--   missing       not here, and nothing tells why
--   quarantine    refused, and not mended yet
--   withdrawn     taken back with its batch
--   other_agency  here, but of another agency
--   other_day     here, received or resolved on another day
--   void          here, taken back by its sender
--   unlisted      here, received (or resolved, where the list tells that) from FIRST to
--                 LAST, but not in the list
CREATE FUNCTION reconcile_codes(agency int, first date, last date, codes text[], received date[],
                                resolved date[])
RETURNS TABLE (dossier text, finding text, detail text)
LANGUAGE sql STABLE AS $$
  WITH listed AS (
    SELECT u.code, coalesce(x.dossier, u.code) AS dossier, u.received, u.resolved
      FROM unnest(codes, received, resolved) u (code, received, resolved)
      LEFT JOIN dossier_alias x ON x.agency_id = reconcile_codes.agency AND x.alias = u.code
  ), family AS (
    SELECT m.agency_id FROM agency a JOIN agency m USING (lineage_id)
     WHERE a.agency_id = reconcile_codes.agency
  ), found AS (
    SELECT l.*, h.label, h.status, h.received_day, h.resolved_day, h.is_own
      FROM listed l
      LEFT JOIN LATERAL (
        SELECT a.label, d.status, d.received_day,
               CASE WHEN d.status = 'resolved' THEN d.resolved_day END AS resolved_day,
               reconcile_codes.agency IN (d.agency_id, d.settled_id) AS is_own
          FROM family f JOIN dossier d ON d.agency_id = f.agency_id AND d.dossier = l.dossier
          JOIN agency a ON a.agency_id = d.agency_id
         ORDER BY d.agency_id = reconcile_codes.agency DESC LIMIT 1) h ON true
  ), judged AS (
    SELECT f.code,
           CASE WHEN f.status IS NULL THEN
                  CASE WHEN q.detail IS NOT NULL THEN 'quarantine'
                       WHEN o.label IS NOT NULL THEN 'other_agency'
                       WHEN w.batch_id IS NOT NULL THEN 'withdrawn' ELSE 'missing' END
                WHEN NOT f.is_own THEN 'other_agency'
                WHEN f.status = 'void' THEN 'void'
                WHEN f.received <> f.received_day
                  OR f.resolved IS DISTINCT FROM f.resolved_day AND f.resolved IS NOT NULL
                  THEN 'other_day' END AS finding,
           CASE WHEN f.status IS NULL THEN coalesce(q.detail, o.label, 'batch ' || w.batch_id)
                WHEN NOT f.is_own THEN f.label
                WHEN f.status = 'void' THEN NULL
                ELSE concat_ws(', ', 'received ' || f.received_day,
                               'resolved ' || f.resolved_day) END AS detail
      FROM found f
      LEFT JOIN LATERAL (
        SELECT format('batch %s line %s: %s', q.batch_id, q.line, q.code) AS detail
          FROM quarantine q
         WHERE f.status IS NULL AND q.settled_by IS NULL AND q.dossier = f.dossier
           AND (q.agency_id = 0 OR q.agency_id IN (SELECT agency_id FROM family))
         ORDER BY q.batch_id DESC, q.line LIMIT 1) q ON true
      LEFT JOIN LATERAL (
        SELECT a.label FROM agency a
         WHERE f.status IS NULL
           AND EXISTS (SELECT FROM dossier d
                        WHERE d.agency_id = a.agency_id AND d.dossier = f.dossier OFFSET 0)
         ORDER BY a.label LIMIT 1) o ON true
      LEFT JOIN LATERAL (
        SELECT w.batch_id FROM dossier_withdrawn w
         WHERE f.status IS NULL AND w.dossier = f.dossier
           AND w.agency_id IN (SELECT agency_id FROM family)
         ORDER BY w.batch_id DESC LIMIT 1) w ON true
  )
  SELECT code, finding, detail FROM judged WHERE finding IS NOT NULL
  UNION ALL
  SELECT d.dossier, 'unlisted', concat_ws(', ', 'received ' || d.received_day,
                                          'resolved ' || d.resolved_day)
    FROM dossier d
   WHERE (d.agency_id = reconcile_codes.agency OR d.settled_id = reconcile_codes.agency)
     AND d.status <> 'void'
     AND CASE WHEN EXISTS (SELECT FROM listed WHERE listed.resolved IS NOT NULL)
              THEN d.settled_id = reconcile_codes.agency AND d.resolved_day BETWEEN first AND last
              ELSE d.agency_id = reconcile_codes.agency AND d.received_day BETWEEN first AND last END
     AND NOT EXISTS (SELECT FROM listed l WHERE l.dossier = d.dossier)
   ORDER BY 2, 1
$$;
