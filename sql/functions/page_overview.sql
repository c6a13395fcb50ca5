-- page_overview.sql -- where the country stands, in one model.

-- How many agencies have a value in each tenth of the scale, for one indicator.
CREATE OR REPLACE FUNCTION distribution(figures observation[]) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
  SELECT json_agg(json_build_object('from', tenth * 10, 'to', tenth * 10 + 10, 'agencies', count)
                  ORDER BY tenth)
    FROM (SELECT t.tenth, count(f.percent)
            FROM generate_series(0, 9) AS t(tenth)
            LEFT JOIN unnest(figures) f
              ON greatest(0, least(9, floor(f.percent::numeric / 10))) = t.tenth
           GROUP BY t.tenth) g
$$;

-- The nation's figures of the last COUNT periods before CODE, oldest first.
CREATE OR REPLACE FUNCTION nation_before(code text, count int)
RETURNS TABLE (step int, figure observation)
LANGUAGE sql STABLE AS $$
  SELECT p.step, o
    FROM generate_series(-count, -1) AS p(step)
   CROSS JOIN LATERAL observations(period_shift(code, p.step)) o
   WHERE o.agency_id = 0 AND o.verified AND o.target_id IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION page_overview(asked text, slug text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
  chosen text := page_slug(coalesce(slug, 'online-filing'));
  -- asked once, not of every tile
  tiles text := CASE WHEN period_day(span) < date '2025-07-01' THEN '63' ELSE '34' END;
  figures observation[];
  answer json;
BEGIN
  figures := ARRAY(SELECT o FROM observations(span) o WHERE o.verified);
  WITH o AS MATERIALIZED (SELECT f.* FROM unnest(figures) f),
  before AS MATERIALIZED (SELECT b.step, (b.figure).* FROM nation_before(span, 5) b),
  aims AS (      -- the targets of the Resolution that apply
    SELECT o.* FROM o JOIN indicator i ON i.slug = o.indicator
     WHERE o.agency_id = 0 AND o.target_id IS NOT NULL
       AND (i.kind <> 'survey' OR span ~ '^[0-9]{4}$')   -- surveys speak of years
  ), agencies AS MATERIALIZED (
    SELECT r.*, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en, a.region
      FROM overall_ranking(span, false, figures) r JOIN agency a USING (agency_id)
  ), cells AS (
    SELECT o.* FROM o WHERE o.indicator = chosen AND o.in_population
  ), lacking AS (   -- what each agency has not reached, the largest share first
    SELECT o.agency_id, count(*) AS missed,
           (array_agg(row(o.*)::observation
                      ORDER BY o.gap::numeric / nullif(o.denominator, 0) DESC NULLS LAST,
                               o.ordinal))[1] AS worst
      FROM o WHERE o.in_population AND o.status IN ('not_met', 'behind')
     GROUP BY o.agency_id
  )
  SELECT json_build_object(
    'period', span, 'frame', page_frame(span),
    'summary', (SELECT json_build_object(
        'targets', count(*),
        'reached', count(*) FILTER (WHERE status IN ('met', 'on_track')),
        'missed', count(*) FILTER (WHERE status IN ('not_met', 'behind')),
        'unknown', count(*) FILTER (WHERE status IN ('undetermined', 'no_data', 'not_applicable')))
        FROM aims),
    'leading', (SELECT json_build_object('figure', observation_object(row(o.*)::observation),
        'reached', (SELECT count(*) FROM o p WHERE p.indicator = o.indicator AND p.in_population
                       AND p.status IN ('met', 'on_track')),
        'agencies', (SELECT count(*) FROM o p WHERE p.indicator = o.indicator AND p.in_population))
        FROM o WHERE o.agency_id = 0 AND o.indicator = 'online-filing'),
    'targets', (SELECT coalesce(json_agg(json_build_object(
        'figure', observation_object(row(m.*)::observation),
        'covered', m.coverage = '1.000000',
        'reached', s.reached, 'agencies', s.agencies,
        'shares', CASE WHEN s.valued > 0 THEN distribution(s.cells) END, 'most', s.most,
        'trend', (SELECT json_agg(json_build_object('step', t.step, 'period', t.period,
                    'percent', t.percent, 'status', t.status) ORDER BY t.step)
                    FROM (SELECT b.step, b.period, b.percent, b.status FROM before b
                           WHERE b.indicator = m.indicator AND m.percent IS NOT NULL
                          UNION ALL SELECT 0, m.period, m.percent, m.status
                           WHERE m.percent IS NOT NULL) t)) ORDER BY m.ordinal), '[]')
        FROM aims m
       CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE p.status IN ('met', 'on_track')) AS reached,
                count(*) FILTER (WHERE p.target_id IS NOT NULL) AS agencies,
                count(p.percent) AS valued,
                (SELECT max(c) FROM (SELECT count(*) AS c FROM o q
                   WHERE q.indicator = m.indicator AND q.in_population AND q.percent IS NOT NULL
                     AND q.target_id IS NOT NULL
                   GROUP BY least(9, floor(q.percent::numeric / 10))) z) AS most,
                array_agg(row(p.*)::observation) FILTER (WHERE p.target_id IS NOT NULL) AS cells
           FROM o p WHERE p.indicator = m.indicator AND p.in_population
             AND p.target_id IS NOT NULL) s),
    'choices', (SELECT json_agg(json_build_object('indicator', i.slug, 'indicator_name_vi', i.name_vi,
        'indicator_name_en', i.name_en, 'number', i.number, 'selected', i.slug = chosen)
        ORDER BY i.ordinal)
        FROM indicator i WHERE i.verified AND i.scope IN ('each_agency', 'each_agency_nation')
          AND i.number IS NOT NULL AND i.number <> '26'),
    'chosen', (SELECT json_build_object('indicator', i.slug, 'indicator_name_vi', i.name_vi,
        'indicator_name_en', i.name_en, 'number', i.number) FROM indicator i WHERE i.slug = chosen),
    'provinces', (SELECT coalesce(json_agg(json_build_object(
        'agency', a.label, 'agency_name_vi', a.name_vi, 'agency_name_en', coalesce(a.name_en, a.name_vi),
        'short', t.short, 'line', t.line, 'place', t.place,
        'figure', observation_cell(row(c.*)::observation)) ORDER BY t.line, t.place), '[]')
        FROM cells c JOIN agency a USING (agency_id)
        JOIN tile t ON t.label = a.label
             AND t.layout = tiles
       WHERE c.ranked_group = 'province'),
    'central', (SELECT coalesce(json_agg(json_build_object(
        'agency', a.label, 'agency_name_vi', a.name_vi, 'agency_name_en', coalesce(a.name_en, a.name_vi),
        'short', regexp_replace(a.code, '^X-', ''),
        'figure', observation_cell(row(c.*)::observation)) ORDER BY a.label COLLATE "C"), '[]')
        FROM cells c JOIN agency a USING (agency_id) WHERE c.ranked_group = 'central'),
    'attention', (SELECT coalesce(json_agg(json_build_object(
        'agency', x.agency, 'agency_name_vi', x.name_vi, 'agency_name_en', x.name_en,
        'met', x.met, 'judged', x.judged, 'missed', x.missed, 'worst', observation_object(x.worst)) ORDER BY x.place), '[]')
        FROM (SELECT g.*, l.missed, l.worst,
                     row_number() OVER (ORDER BY l.missed DESC, g.attainment, g.agency COLLATE "C") AS place
                FROM agencies g JOIN lacking l USING (agency_id)) x
       WHERE x.place <= 5),
    'silent', (SELECT count(*) FROM agencies WHERE judged = 0),
    'changes', (SELECT coalesce(json_agg(json_build_object(
        'indicator', n.indicator, 'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en,
        'before_status', b.status, 'before_percent', b.percent, 'before_period', b.period,
        'status', n.status, 'percent', n.percent) ORDER BY n.ordinal), '[]')
        FROM aims n JOIN before b ON b.indicator = n.indicator AND b.step = -1
        JOIN indicator i ON i.slug = n.indicator
       WHERE n.status <> b.status))
    INTO answer;
  RETURN answer;
END $$;
