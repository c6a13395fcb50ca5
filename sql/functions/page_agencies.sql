-- page_agencies.sql -- all agencies of a period.

CREATE OR REPLACE FUNCTION agency_object(id int) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT CASE WHEN id = 0
    THEN json_build_object('code', 'VN', 'name_vi', 'Cả nước', 'name_en', 'Viet Nam', 'is_nation', true)
    ELSE (SELECT json_build_object(
            'code', a.label, 'name_vi', a.name_vi, 'name_en', coalesce(a.name_en, a.name_vi),
            'kind', a.kind, 'region', a.region, 'valid_from', a.valid_from, 'valid_to', a.valid_to,
            'is_nation', false,
            'successor', (SELECT json_build_object('agency', s.label, 'agency_name_vi', s.name_vi,
                            'agency_name_en', coalesce(s.name_en, s.name_vi))
                            FROM agency s WHERE s.agency_id = a.successor_id),
            'predecessors', (SELECT json_agg(json_build_object('agency', p.label,
                               'agency_name_vi', p.name_vi,
                               'agency_name_en', coalesce(p.name_en, p.name_vi))
                               ORDER BY p.label COLLATE "C")
                               FROM agency p WHERE p.successor_id = a.agency_id))
            FROM agency a WHERE a.agency_id = id) END);
END $$;

-- A region of the register in English; the peer group of that name has one.
CREATE FUNCTION region_english(region text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT g.name_en FROM peer_group g WHERE g.name_vi = region_english.region),
                  CASE region_english.region WHEN 'Trung ương' THEN 'Central' ELSE region_english.region END)
$$;

-- RECAST: on today's agencies.
CREATE OR REPLACE FUNCTION page_agencies(asked text, recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
  recast_too boolean := coalesce(recast::boolean, false);
  day date := ranking_day(span, recast_too);
  days daterange := CASE WHEN recast_too THEN daterange(day, day + 1) ELSE period_range(span) END;
  figures observation[] := figures_of(span, recast_too);
BEGIN
  RETURN (
    WITH summed AS (
      SELECT DISTINCT f.agency_id FROM unnest(figures) f WHERE f.recast
    ), line AS (
      SELECT a.*, r.ranked_group, r.in_force, o.met, o.judged, o.rank, o.tied, o.attainment,
             CASE WHEN r.ranked_group = 'central' THEN 1
                  WHEN r.ranked_group = 'province' THEN 2 ELSE 3 END AS place,
             EXISTS (SELECT FROM summed s WHERE s.agency_id = a.agency_id) AS recast
        FROM roster(lower(days), upper(days), day) r
        JOIN agency a USING (agency_id)
        LEFT JOIN overall_ranking(span, recast_too, figures) o USING (agency_id)
    )
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span), 'recast_label', recast_label(recast_too),
      'count', (SELECT count(*) FROM line WHERE in_force AND ranked_group IS NOT NULL),
      'parts', (SELECT coalesce(json_agg(json_build_object('group',
          (ARRAY['central', 'province', 'other'])[g.place], 'agencies', g.agencies) ORDER BY g.place), '[]')
          FROM (SELECT l.place, json_agg(json_build_object(
                         'agency', l.label, 'agency_name_vi', l.name_vi,
                         'agency_name_en', coalesce(l.name_en, l.name_vi), 'kind', l.kind,
                         'region', l.region, 'region_name_vi', l.region, 'region_name_en', region_english(l.region),
                         'met', l.met, 'judged', l.judged, 'rank', l.rank,
                         'tied', l.tied, 'attainment_percent', round(100 * l.attainment, 2)::text,
                         'recast', l.recast,
                         'merged', NOT l.in_force) ORDER BY name_to_sort(l.name_vi) COLLATE "vi-x-icu", l.label COLLATE "C") AS agencies
                  FROM line l GROUP BY l.place) g)));
END $$;
