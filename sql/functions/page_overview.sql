-- page_overview.sql -- where the country stands, in one model.  Sentences and choices of
-- what to name are rules over observations: the same store says the same.

-- How many agencies have a value in each tenth of the scale, for one indicator.
CREATE OR REPLACE FUNCTION distribution(figures observation[]) RETURNS json
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_agg(json_build_object('from', tenth * 10, 'to', tenth * 10 + 10, 'agencies', count)
                  ORDER BY tenth)
    FROM (SELECT t.tenth, count(f.percent)
            FROM generate_series(0, 9) AS t(tenth)
            LEFT JOIN unnest(figures) f
              ON greatest(0, least(9, floor(f.percent::numeric / 10))) = t.tenth
           GROUP BY t.tenth) g);
END $$;

-- The nation's figures of the periods FROM_STEP..TO_STEP before CODE, oldest first.
CREATE OR REPLACE FUNCTION nation_before(code text, from_step int, to_step int)
RETURNS SETOF observation
LANGUAGE sql STABLE AS $$
  SELECT o.*
    FROM generate_series(-from_step, -to_step) AS p(step)
   CROSS JOIN LATERAL observations_part(period_shift(code, p.step), 0, NULL) o
   WHERE o.verified AND o.target_id IS NOT NULL
   ORDER BY p.step
$$;

-- A difference of two printed percentages, with its sign; null where one is missing.
CREATE OR REPLACE FUNCTION percent_points(now_percent text, before_percent text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN d > 0 THEN '+' ELSE '' END || trim(to_char(d, 'FM9999990.00'))
    FROM (SELECT now_percent::numeric - before_percent::numeric) AS x(d) WHERE d IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION indicator_named(of_slug text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object('indicator', i.slug, 'indicator_name_vi', i.name_vi,
           'indicator_name_en', i.name_en, 'short_vi', s.short_vi, 'short_en', s.short_en,
           'number', i.number)
    FROM indicator i JOIN indicator_short s USING (slug) WHERE i.slug = of_slug);
END $$;

CREATE OR REPLACE FUNCTION agency_named(id int) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object('agency', a.label, 'agency_name_vi', a.name_vi,
           'agency_name_en', coalesce(a.name_en, a.name_vi))
    FROM agency a WHERE a.agency_id = id);
END $$;

-- How many agencies of the population reach the target of an indicator, and of how many a
-- value is known: of none, nobody can say who reached it.
CREATE OR REPLACE FUNCTION reached_of(figures observation[], of_slug text, OUT reached bigint, OUT agencies bigint,
                                      OUT known bigint)
LANGUAGE sql IMMUTABLE AS $$
  SELECT count(*) FILTER (WHERE f.status IN ('met', 'on_track')), count(*), count(f.value)
    FROM unnest(figures) f WHERE f.indicator = of_slug AND f.in_population
$$;

-- What changed since the period before, most telling first: targets whose verdict changed;
-- how many agencies reach the leading one; the national value that rose most, and fell
-- most; who gained most places and who lost most.
CREATE OR REPLACE FUNCTION changes_between(later observation[], earlier observation[], slug text)
RETURNS json LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH pair AS (
    SELECT l.*, e.status AS before_status, e.value AS before_value, e.percent AS before_percent, e.rank AS before_rank,
           l.rank - e.rank AS move
      FROM unnest(later) l
      JOIN unnest(earlier) e USING (agency_id, indicator)
     WHERE l.agency_id = 0 OR l.indicator = changes_between.slug
  ), aim AS (
    SELECT p.*, percent_points(p.percent, p.before_percent) AS points
      FROM pair p WHERE p.agency_id = 0 AND p.target_id IS NOT NULL
  ), reach AS (
    SELECT n.reached, n.agencies, b.reached AS before, b.agencies AS before_agencies
      FROM reached_of(later, changes_between.slug) n, reached_of(earlier, changes_between.slug) b
     WHERE n.known > 0 AND b.known > 0
  ), same AS (           -- kinds that a merger did not change: of others places say nothing
    SELECT n.ranked_group
      FROM (SELECT f.ranked_group, array_agg(f.agency_id ORDER BY f.agency_id) AS who FROM unnest(later) f
             WHERE f.indicator = changes_between.slug AND f.in_population GROUP BY f.ranked_group) n
      JOIN (SELECT f.ranked_group, array_agg(f.agency_id ORDER BY f.agency_id) AS who FROM unnest(earlier) f
             WHERE f.indicator = changes_between.slug AND f.in_population GROUP BY f.ranked_group) b
        USING (ranked_group, who)
  ), extreme AS (
    (SELECT 1 AS way, a.* FROM aim a WHERE a.points::numeric > 0
      ORDER BY a.points::numeric DESC, a.ordinal LIMIT 1)
    UNION ALL
    (SELECT 2, a.* FROM aim a WHERE a.points::numeric < 0 ORDER BY a.points::numeric, a.ordinal LIMIT 1)
  ), mover AS (
    (SELECT 1 AS way, p.* FROM pair p JOIN same USING (ranked_group)
      WHERE p.indicator = changes_between.slug AND p.move < 0
      ORDER BY p.move, p.rank, p.agency COLLATE "C" LIMIT 1)
    UNION ALL
    (SELECT 2, p.* FROM pair p JOIN same USING (ranked_group)
      WHERE p.indicator = changes_between.slug AND p.move > 0
      ORDER BY p.move DESC, p.rank, p.agency COLLATE "C" LIMIT 1)
  ), item AS (
    SELECT 1 AS part, a.ordinal AS place, json_build_object('turned', json_joined(indicator_named(a.indicator),
             json_build_object('before_status', a.before_status, 'status', a.status))) AS body
      FROM aim a   -- a survey of places does not come every year: its silence is no change
     WHERE a.status <> a.before_status AND (a.value IS NOT NULL OR a.before_value IS NOT NULL)
       AND (a.target_percent IS NOT NULL OR (a.value IS NOT NULL AND a.before_value IS NOT NULL))
    UNION ALL
    SELECT 2, 0, json_build_object('reach', json_joined(indicator_named(changes_between.slug),
             json_build_object('reached', r.reached, 'agencies', r.agencies,
                               'before', r.before, 'before_agencies', r.before_agencies)))
      FROM reach r WHERE (r.reached, r.agencies) <> (r.before, r.before_agencies)
    UNION ALL
    SELECT 3, e.way, json_build_object('value', json_joined(indicator_named(e.indicator),
             json_build_object('points', e.points, 'percent', e.percent)))
      FROM extreme e
    UNION ALL
    SELECT 4, m.way, json_build_object('place', json_joined(agency_named(m.agency_id), json_build_object(
             'indicator', m.indicator, 'rank', m.rank, 'before_rank', m.before_rank,
             'risen', nullif(greatest(-m.move, 0), 0), 'fallen', nullif(greatest(m.move, 0), 0))))
      FROM mover m
  )
  SELECT coalesce(json_agg(i.body ORDER BY i.part, i.place), '[]') FROM item i);
END $$;

-- Who is behind with dossiers at the moment of the store, so that a quiet night is nobody's
-- silence; the matrix of all records is /data.
CREATE OR REPLACE FUNCTION freshness_summary() RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH f AS (
    SELECT f.* FROM freshness(store_as_of(), of_type => 'dossier') f JOIN agency a ON a.label = f.agency
     WHERE a.kind IN ('ministry', 'ministerial_agency', 'province')
  )
  SELECT json_build_object(
    'agencies', count(*), 'fresh', count(*) FILTER (WHERE state IN ('fresh', 'late')),
    'silent', nullif(count(*) FILTER (WHERE state = 'silent'), 0),
    'never', nullif(count(*) FILTER (WHERE state = 'never'), 0),
    'quiet', count(*) FILTER (WHERE state IN ('silent', 'never')) > 0,
    'first', (SELECT coalesce(json_agg(json_build_object('agency', q.agency, 'agency_name_vi', q.name_vi,
                'agency_name_en', q.name_en, 'last_record', q.last_record) ORDER BY q.at), '[]')
                FROM (SELECT f.agency, f.last_record, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en,
                             row_number() OVER (ORDER BY f.last_record NULLS FIRST, f.agency COLLATE "C") AS at
                        FROM f JOIN agency a ON a.label = f.agency
                       WHERE f.state IN ('silent', 'never')) q WHERE q.at <= 3))
    FROM f);
END $$;

-- Of a published period: the newest later one of its kind that has data and was not
-- published.  Null: there is none.
CREATE OR REPLACE FUNCTION open_period(code text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT c.code
    FROM (SELECT max(t.day) AS day FROM agency a
           CROSS JOIN LATERAL (SELECT d.day FROM day_total d
                                WHERE d.agency_id = a.agency_id AND d.resolved > 0
                                ORDER BY d.day DESC LIMIT 1) t) newest
   CROSS JOIN generate_series(1, 60) AS s(step)
   CROSS JOIN LATERAL (SELECT period_shift(open_period.code, s.step) AS code) c
   WHERE lower(period_range(c.code)) <= newest.day AND vintage_at(c.code, 'infinity') IS NULL
   ORDER BY s.step DESC LIMIT 1);
END $$;

-- How many of the targets that apply to the nation are reached, of the lines AIMS.
CREATE OR REPLACE FUNCTION aims_summary(aims observation[]) RETURNS json
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'targets', count(*), 'any', count(*) > 0,
    'reached', count(*) FILTER (WHERE status IN ('met', 'on_track')),
    'missed', count(*) FILTER (WHERE status IN ('not_met', 'behind')),
    'unknown', count(*) FILTER (WHERE status IN ('undetermined', 'no_data', 'not_applicable')),
    'untold', nullif(count(*) FILTER (WHERE status IN ('undetermined', 'no_data', 'not_applicable')), 0))
    FROM unnest(aims) a);
END $$;

-- The nation's lines with a target; surveys speak of years.
CREATE OR REPLACE FUNCTION aims_of(figures observation[], code text) RETURNS observation[]
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT coalesce(array_agg(f ORDER BY f.ordinal), '{}')
    FROM unnest(figures) f JOIN indicator i ON i.slug = f.indicator
   WHERE f.agency_id = 0 AND f.target_id IS NOT NULL AND (i.kind <> 'survey' OR code ~ '^[0-9]{4}$'));
END $$;

-- The indicator that opens the page, and how many agencies reach its target.
CREATE OR REPLACE FUNCTION leading_object(figures observation[]) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object('figure', observation_object(o), 'reached', r.reached, 'agencies', r.agencies)
    FROM unnest(figures) o CROSS JOIN LATERAL reached_of(figures, o.indicator) r
   WHERE o.agency_id = 0 AND o.indicator = 'online-filing');
END $$;

CREATE OR REPLACE FUNCTION open_object(code text, recast boolean DEFAULT false) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  span text;
  figures observation[];
BEGIN
  IF pinned() IS NOT NULL OR vintage_at(code, 'infinity') IS NULL THEN
    RETURN NULL;
  END IF;
  span := open_period(code);
  IF span IS NULL THEN
    RETURN NULL;
  END IF;
  figures := figures_of(span, recast);
  RETURN json_build_object('period', span,
    'period_name', json_build_object('vi', period_name(span, 'vi'), 'en', period_name(span, 'en')),
    'summary', aims_summary(aims_of(figures, span)), 'leading', leading_object(figures));
END $$;

-- One row per target: the nation's figure, who reaches it, how agencies are spread, and
-- the periods before it (EARLIER, oldest first).
CREATE OR REPLACE FUNCTION overview_targets(figures observation[], aims observation[],
                                            earlier observation[]) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH own AS (          -- agencies that have this target of their own
    SELECT f.indicator, count(*) FILTER (WHERE f.status IN ('met', 'on_track')) AS reached,
           count(*) AS agencies, array_agg(f) AS cells
      FROM unnest(figures) f WHERE f.in_population AND f.target_id IS NOT NULL GROUP BY f.indicator
  ), bin AS (
    SELECT o.indicator, o.reached, o.agencies, CASE WHEN m.most > 0 THEN d.shares END AS shares, m.most
      FROM own o
     CROSS JOIN LATERAL (SELECT distribution(o.cells) AS shares) d
     CROSS JOIN LATERAL (SELECT nullif(max((s ->> 'agencies')::int), 0) AS most
                           FROM json_array_elements(d.shares) s) m
  )
  SELECT coalesce(json_agg(json_build_object(
           'figure', observation_object(m), 'covered', m.coverage = '1.000000',
           'short_vi', s.short_vi, 'short_en', s.short_en,
           'reached', b.reached, 'agencies', b.agencies, 'shares', b.shares,
           'strip', CASE WHEN b.most > 0 THEN json_build_object('mini', true, 'width', 56, 'height', 22,
                      'bins', b.shares, 'target_percent', m.target_percent) END,
           'points', percent_points(m.percent, e.line[cardinality(e.line) - 1].percent),
           'spark', CASE WHEN m.percent IS NOT NULL THEN json_build_object(
             'width', 72, 'height', 22, 'target_percent', m.target_percent,
             'points', (SELECT json_agg(json_build_object('period', t.period, 'percent', t.percent,
                                          'status', t.status, 'maturity', t.maturity))
                          FROM unnest(e.line) t)) END) ORDER BY m.ordinal), '[]')
    FROM unnest(aims) m
    JOIN indicator_short s ON s.slug = m.indicator
    LEFT JOIN bin b USING (indicator)
   CROSS JOIN LATERAL (SELECT coalesce(array_agg(b), '{}') || m AS line
                         FROM unnest(earlier) b
                        WHERE b.agency_id = 0 AND b.indicator = m.indicator) e);
END $$;

-- The five agencies that miss most of their targets, the furthest from them first.
CREATE OR REPLACE FUNCTION attention_list(figures observation[], code text,
                                          recast boolean DEFAULT false) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH lacking AS (      -- what each has not reached, the largest share first
    SELECT f.agency_id, count(*) AS missed,
           (array_agg(f ORDER BY f.gap::numeric / nullif(f.denominator, 0) DESC NULLS LAST,
                      f.ordinal))[1] AS worst
      FROM unnest(figures) f WHERE f.in_population AND f.status IN ('not_met', 'behind')
     GROUP BY f.agency_id
  )
  SELECT coalesce(json_agg(json_joined(agency_named(x.agency_id), json_build_object(
           'met', x.met, 'judged', x.judged, 'missed', x.missed,
           'worst', json_joined(observation_object(x.worst),
             (SELECT json_build_object('short_vi', s.short_vi, 'short_en', s.short_en)
                FROM indicator_short s WHERE s.slug = (x.worst).indicator)))) ORDER BY x.place), '[]')
    FROM (SELECT r.agency_id, r.met, r.judged, l.missed, l.worst,
                 row_number() OVER (ORDER BY l.missed DESC, r.attainment, r.agency COLLATE "C") AS place
            FROM overall_ranking(code, attention_list.recast, figures) r JOIN lacking l USING (agency_id)) x
   WHERE x.place <= 5);
END $$;

-- SLUG and SHOWN: what the map shows.  Figures are asked for once, those of the period
-- before once, of four more only the nation's are kept.  RECAST: agencies are today's, and the
-- nation's lines stay as they were.
CREATE OR REPLACE FUNCTION page_overview(asked text, slug text, shown text DEFAULT NULL,
                                         recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  chosen text := page_slug_of_agencies(coalesce(slug, 'online-filing'));
  kind text := map_shown(shown);
  recast_too boolean := coalesce(recast::boolean, false);
  figures observation[] := figures_of(span, recast_too);
  before observation[] := ARRAY(   -- what changes_between() looks at
    SELECT o FROM observations_part(period_shift(span, -1), 0, 'online-filing', recast_too) o WHERE o.verified);
  earlier observation[] := ARRAY(SELECT o FROM nation_before(span, 5, 2) o)
    || ARRAY(SELECT b FROM unnest(before) b WHERE b.agency_id = 0);
  few observation[] := ARRAY(      -- of two thousand, those that most parts of the page look at
    SELECT f FROM unnest(figures) f WHERE f.agency_id = 0 OR f.indicator IN ('online-filing', chosen));
  aims observation[] := aims_of(few, span);
BEGIN
  RETURN json_build_object(
    'period', span, 'frame', page_frame(span), 'summary', aims_summary(aims),
    'recast_label', recast_label(recast_too), 'is_recast', recast_too,
    'recast_nation', recast_label(recast_too, true),
    'before_name', json_build_object('vi', period_name(period_shift(span, -1), 'vi'),
                                     'en', period_name(period_shift(span, -1), 'en')),
    'leading', leading_object(few), 'open', open_object(span, recast_too),
    'targets', overview_targets(figures, aims, earlier),
    'choices', map_choices(chosen), 'chosen', indicator_named(chosen), 'show', kind,
    'map', map_object(few, span, chosen, kind, recast_too),
    'attention', attention_list(figures, span, recast_too),
    'changes', changes_between(few, before, 'online-filing'),
    'freshness', freshness_summary());
END $$;
