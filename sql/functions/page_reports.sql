-- page_reports.sql -- the official reports, to be had as files.

-- RECAST: the choice that stands when the page is opened.
CREATE FUNCTION page_reports(asked text, recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  span text := page_period(asked);
BEGIN
  RETURN json_build_object(
    'period', span, 'frame', page_frame(span), 'is_recast', coalesce(recast::boolean, false),
    'reports', (SELECT json_agg(json_build_object('report', r.name,
                    'address', '/reports/' || r.name, 'forms', array['pdf', 'png', 'svg', 'xlsx', 'csv', 'json'],
                    'of_agency', r.of_agency, 'of_nation', r.name <> 'form06a',
                    'of_indicator', r.of_indicator,
                    'can_recast', pinned() IS NULL AND r.name IN ('compliance', 'brief', 'ranking', 'indicator')) ORDER BY r.place)
                  FROM (VALUES (1, 'compliance', true, false), (2, 'brief', true, false),
                               (3, 'ranking', true, true), (4, 'indicator', false, true),
                               (5, 'restatement', true, false), (6, 'evidence', true, true), (7, 'form06a', true, false))
                       r (place, name, of_agency, of_indicator)
                 WHERE r.name <> 'form06a' OR asking_role() <> 'public'),   -- it counts dossiers
    'agencies', (SELECT json_agg(json_build_object('agency', a.label, 'agency_name_vi', a.name_vi,
                     'agency_name_en', coalesce(a.name_en, a.name_vi))
                     ORDER BY a.kind = 'province', a.name_vi COLLATE "vi-VN-x-icu")
                   FROM roster(lower(period_range(span)), upper(period_range(span)), period_day(span)) r
                   JOIN agency a USING (agency_id) WHERE r.in_population),
    'indicators', (SELECT json_agg(json_build_object('indicator', i.slug, 'number', i.number,
                       'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en,
                       'selected', i.slug = 'online-filing') ORDER BY i.ordinal)
                     FROM indicator i WHERE i.verified AND i.number IS NOT NULL));
END $$;
