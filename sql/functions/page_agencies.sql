-- page_agencies.sql -- all agencies of a period, and one of them.

CREATE OR REPLACE FUNCTION agency_object(id int) RETURNS json
LANGUAGE sql STABLE AS $$
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
            FROM agency a WHERE a.agency_id = id) END
$$;

CREATE OR REPLACE FUNCTION page_agencies(asked text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
  days daterange := period_range(span);
BEGIN
  RETURN (
    WITH line AS (
      SELECT a.*, r.ranked_group, r.in_force, o.met, o.judged, o.rank, o.tied, o.attainment,
             CASE WHEN r.ranked_group = 'central' THEN 1
                  WHEN r.ranked_group = 'province' THEN 2 ELSE 3 END AS place
        FROM roster(lower(days), upper(days), period_day(span)) r
        JOIN agency a USING (agency_id)
        LEFT JOIN overall_ranking(span) o USING (agency_id)
    )
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span),
      'count', (SELECT count(*) FROM line WHERE in_force AND ranked_group IS NOT NULL),
      'parts', (SELECT coalesce(json_agg(json_build_object('group',
          (ARRAY['central', 'province', 'other'])[g.place], 'agencies', g.agencies) ORDER BY g.place), '[]')
          FROM (SELECT l.place, json_agg(json_build_object(
                         'agency', l.label, 'agency_name_vi', l.name_vi,
                         'agency_name_en', coalesce(l.name_en, l.name_vi), 'kind', l.kind,
                         'region', l.region, 'met', l.met, 'judged', l.judged, 'rank', l.rank,
                         'tied', l.tied, 'attainment_percent', round(100 * l.attainment, 2)::text,
                         'merged', NOT l.in_force) ORDER BY l.label COLLATE "C") AS agencies
                  FROM line l GROUP BY l.place) g)));
END $$;

CREATE OR REPLACE FUNCTION page_agency(asked text, name text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
  id int := page_agency_id(name, span);
  days daterange := period_range(span);
  answer json;
BEGIN
  WITH o AS MATERIALIZED (
    SELECT f.* FROM observations(span) f WHERE f.verified AND f.agency_id = id
  ), before AS MATERIALIZED (
    SELECT f.* FROM observations(period_shift(span, -1)) f WHERE f.agency_id = id
  ), written AS (
    SELECT o.ordinal, o.indicator, o.target_id IS NOT NULL AS aimed, o.status, o.value,
           i.number IS NOT NULL AS official, i.kind, i.scope,
           json_build_object('figure', observation_object(row(o.*)::observation),
             'covered', o.coverage = '1.000000',
             'lacking', CASE WHEN o.gap > 0 THEN o.gap END,
             'before', CASE WHEN b.indicator IS NOT NULL
                            THEN observation_cell(row(b.*)::observation) END) AS body
      FROM o JOIN indicator i ON i.slug = o.indicator
      LEFT JOIN before b ON b.indicator = o.indicator
  )
  SELECT json_build_object(
    'period', span, 'frame', page_frame(span), 'agency', agency_object(id),
    'summary', (SELECT json_build_object(
        'targets', count(*) FILTER (WHERE aimed),
        'reached', count(*) FILTER (WHERE aimed AND status IN ('met', 'on_track')),
        'missed', count(*) FILTER (WHERE aimed AND status IN ('not_met', 'behind')))
        FROM written WHERE kind <> 'survey' OR span ~ '^[0-9]{4}$'),   -- surveys speak of years
    'overall', (SELECT json_build_object('rank', r.rank, 'tied', r.tied, 'met', r.met,
        'judged', r.judged, 'group', r.ranked_group,
        'attainment_percent', round(100 * r.attainment, 2)::text,
        'ranked', (SELECT count(*) FROM overall_ranking(span) z
                    WHERE z.ranked_group = r.ranked_group AND z.rank IS NOT NULL))
        FROM overall_ranking(span) r WHERE r.agency_id = id AND r.rank IS NOT NULL),
    'targets', (SELECT coalesce(json_agg(w.body ORDER BY w.ordinal), '[]') FROM written w
                 WHERE w.aimed AND (w.kind <> 'survey' OR span ~ '^[0-9]{4}$')),
    'others', (SELECT coalesce(json_agg(w.body ORDER BY w.ordinal), '[]') FROM written w
                WHERE NOT w.aimed AND w.status <> 'no_data'),
    'trend', trend_chart(span, id, 'online-filing'),
    'procedures', (SELECT coalesce(json_agg((p.body::jsonb || jsonb_build_object('lost', p.lost))::json ORDER BY p.lost DESC, p.procedure COLLATE "C"), '[]')
        FROM (SELECT e.body, (e.body ->> 'denominator')::bigint - (e.body ->> 'numerator')::bigint AS lost,
                     e.body ->> 'procedure' AS procedure
                FROM o CROSS JOIN LATERAL json_array_elements(procedures_json(row(o.*)::observation, 'dossier')) e(body)
               WHERE o.indicator = 'online-filing' AND id <> 0
               ORDER BY 2 DESC, (e.body ->> 'procedure') COLLATE "C" LIMIT 10) p),
    'has_procedures', id <> 0 AND pinned() IS NULL AND EXISTS (SELECT FROM o WHERE o.indicator = 'online-filing' AND o.denominator > 0),
    'has_others', EXISTS (SELECT FROM written w WHERE NOT w.aimed AND w.status <> 'no_data'),
    'quality', (SELECT json_build_object(
        'received', coalesce(sum(t.received), 0), 'settled', coalesce(sum(t.resolved), 0),
        'last_day', max(t.day),
        'refused', CASE WHEN may_see(id) THEN (SELECT count(*) FROM quarantine q
                     WHERE q.agency_id IN (SELECT members_of(id, period_day(span)))) END)
        FROM day_total t
       WHERE t.agency_id IN (SELECT members_of(id, period_day(span))) AND days @> t.day AND id <> 0
         AND pinned() IS NULL HAVING pinned() IS NULL))
    INTO answer;
  RETURN answer;
END $$;
