-- report_annex.sql -- the full table of the nation's compliance report: every agency by every
-- indicator that is listed for agencies.

CREATE FUNCTION report_annex(code text) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH figure AS MATERIALIZED (
    SELECT o.* FROM observations(report_annex.code) o WHERE (o.in_population OR o.agency_id = 0) AND o.verified
  ), indicators AS MATERIALIZED (
    SELECT i.slug, i.number, i.ordinal, s.short_vi, s.short_en
      FROM indicator i JOIN indicator_short s USING (slug)
     WHERE EXISTS (SELECT FROM figure f WHERE f.indicator = i.slug AND f.agency_id <> 0)
  ), d AS MATERIALIZED (
    SELECT * FROM period_disputes(report_annex.code)
  ), lines AS (
    SELECT a.agency_id, a.label, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en,
           CASE WHEN a.agency_id <> 0 THEN CASE a.kind WHEN 'province' THEN 'province' ELSE 'central' END END AS grp,
           (SELECT json_agg(CASE WHEN f.indicator IS NOT NULL THEN
                     json_build_object('period', f.period, 'agency', f.agency, 'indicator', f.indicator,
                       'numerator', f.numerator, 'denominator', f.denominator, 'value', f.value,
                       'percent', f.percent, 'status', f.status, 'rank', f.rank, 'dispute', d.dispute) END ORDER BY i.ordinal)
              FROM indicators i
              LEFT JOIN figure f ON f.indicator = i.slug AND f.agency_id = a.agency_id
              LEFT JOIN d ON d.indicator = i.slug AND d.agency_id = a.agency_id) AS figures
      FROM (SELECT agency_id, label, name_vi, name_en, kind FROM agency
            UNION ALL SELECT 0, 'VN', 'Cả nước', 'Viet Nam', NULL) a
     WHERE a.agency_id IN (SELECT f.agency_id FROM figure f)
  )
  SELECT json_build_object(
    'indicators', (SELECT json_agg(json_build_object('slug', i.slug, 'number', i.number, 'short_vi', i.short_vi,
                                                     'short_en', i.short_en) ORDER BY i.ordinal) FROM indicators i),
    'groups', (SELECT json_agg(json_build_object('group', g.grp, 'rows',
                 (SELECT json_agg(json_build_object('agency', l.label, 'agency_name_vi', l.name_vi,
                           'agency_name_en', l.name_en, 'is_nation', l.agency_id = 0, 'figures', l.figures)
                           ORDER BY l.agency_id <> 0, l.label COLLATE "C")
                    FROM lines l WHERE l.grp = g.grp OR l.agency_id = 0)) ORDER BY g.grp)
                 FROM (SELECT DISTINCT l.grp FROM lines l WHERE l.grp IS NOT NULL) g))
$$;
