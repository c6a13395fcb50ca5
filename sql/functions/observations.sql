-- observations.sql -- the one place where an indicator is computed (DESIGN 3, 5).

-- Live figures are as of the newest batch or catalogue change, never of the clock.
CREATE OR REPLACE FUNCTION store_as_of() RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT greatest((SELECT max(committed_at) FROM batch WHERE state = 'committed'),
                  (SELECT catalogue_at FROM store))
$$;

CREATE OR REPLACE FUNCTION store_is_sample() RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT sample FROM store $$;

-- The target that applies to an indicator on a day: its window begins after the
-- Resolution or the previous deadline; the last one stays.
CREATE OR REPLACE FUNCTION targets_on(day date) RETURNS SETOF target
LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (slug) * FROM target
   WHERE targets_on.day > date '2019-03-07'
   ORDER BY slug, (deadline >= targets_on.day) DESC,
            CASE WHEN deadline >= targets_on.day THEN deadline - targets_on.day
                 ELSE targets_on.day - deadline END
$$;

-- Who is listed in a period, and who answers for whom on its last day DAY.
CREATE OR REPLACE FUNCTION roster(first date, stop date, day date)
RETURNS TABLE (agency_id int, label text, kind agency_kind, in_force boolean,
               in_population boolean, ranked_group text, heir_id int)
LANGUAGE sql STABLE AS $$
  SELECT a.agency_id, a.label, a.kind, x.in_force, x.in_force AND x.counted,
         CASE WHEN NOT x.counted THEN NULL
              WHEN a.kind = 'province' THEN 'province' ELSE 'central' END,
         h.heir_id
    FROM agency a
    LEFT JOIN agency_heir h ON h.agency_id = a.agency_id
         AND roster.day BETWEEN h.first_day AND h.last_day
   CROSS JOIN LATERAL (
     SELECT a.valid_from <= roster.day
            AND coalesce(a.valid_to, 'infinity'::date) >= roster.day AS in_force,
            a.kind IN ('ministry', 'ministerial_agency', 'province') AS counted) x
   WHERE a.valid_from < stop AND coalesce(a.valid_to, 'infinity'::date) >= first
     AND (x.counted
          OR EXISTS (SELECT FROM day_total t WHERE t.agency_id = a.agency_id)
          OR EXISTS (SELECT FROM service s WHERE s.agency_id = a.agency_id)
          OR EXISTS (SELECT FROM fact f WHERE f.agency_id = a.agency_id)
          OR EXISTS (SELECT FROM reported_count c WHERE c.agency_id = a.agency_id))
$$;

-- Numerator, denominator and provided units of every row of the roster, with the
-- predecessors' flows added to the row in force on DAY (recast).  WANTED, if given,
-- spares the work for other kinds of indicator than its own.
CREATE OR REPLACE FUNCTION agency_figures(code text, day date, wanted text)
RETURNS TABLE (agency_id int, slug text, numerator bigint, denominator bigint,
               provided bigint, recast boolean)
LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$
#variable_conflict use_column
DECLARE
  p record;
  first date;
  stop date;
  kind text := (SELECT i.kind FROM indicator i WHERE i.slug = wanted);
BEGIN
  SELECT * INTO p FROM period_parts(code);
  first := lower(p.days);
  stop := upper(p.days);
  RETURN QUERY
  WITH listed AS MATERIALIZED (SELECT * FROM roster(first, stop, day)),
  flow AS (
    SELECT f.* FROM dossier_figures(first, stop) f
     WHERE first <= day AND coalesce(kind, 'dossier') = 'dossier'
    UNION ALL
    SELECT f.* FROM count_figures(first, stop, day) f JOIN indicator i USING (slug)
     WHERE f.slug IN ('electronic-documents', 'work-files-online', 'work-files-online-district',
                      'work-files-online-commune', 'meeting-time')
       AND coalesce(kind, 'count') IN ('count', 'reduction')
  ), stock AS (
    SELECT f.* FROM service_figures(day) f WHERE coalesce(kind, 'service') = 'service'
    UNION ALL
    SELECT f.* FROM fact_figures(first, stop, day) f WHERE coalesce(kind, 'fact') = 'fact'
    UNION ALL
    SELECT f.* FROM count_figures(first, stop, day) f
     WHERE coalesce(kind, 'count') = 'count' AND f.slug IN ('verified-identity', 'periodic-reports', 'connected-systems')
    UNION ALL
    SELECT f.* FROM survey_figures(p.year) f
     WHERE p.kind = 'year' AND NOT p.nd09 AND coalesce(kind, 'survey') = 'survey'
  )
  -- Flows: each row's own, and for the row in force those of all it answers for.
  SELECT l.agency_id, f.slug, sum(f.numerator)::bigint, sum(f.denominator)::bigint,
         sum(f.provided)::bigint,
         coalesce(bool_or(f.agency_id <> l.agency_id AND f.denominator > 0), false)
    FROM listed l
    JOIN agency_heir h ON h.heir_id = CASE WHEN l.in_force THEN l.agency_id END
         AND day BETWEEN h.first_day AND h.last_day
    JOIN flow f ON f.agency_id = h.agency_id
   GROUP BY l.agency_id, f.slug
  UNION ALL
  SELECT l.agency_id, f.slug, f.numerator, f.denominator, f.provided, false
    FROM listed l JOIN flow f USING (agency_id) WHERE NOT l.in_force
  UNION ALL
  -- Stocks: of the rows in force on the day.
  SELECT l.agency_id, f.slug, f.numerator, f.denominator, f.provided, false
    FROM listed l JOIN stock f USING (agency_id) WHERE l.in_force
  UNION ALL
  SELECT 0, f.slug, f.numerator, f.denominator, f.provided, false
    FROM (SELECT * FROM flow UNION ALL SELECT * FROM stock) f WHERE f.agency_id = 0;
END $$;

-- Every observation of a period, or of one indicator: a row per listed agency, and
-- VN (agency_id 0).
-- Hash joins: the planner knows nothing of the sizes inside and would loop.
CREATE OR REPLACE FUNCTION live_observations(code text, wanted text) RETURNS SETOF observation
LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$
#variable_conflict use_column
DECLARE
  days daterange := period_range(code);
  as_of_day date := (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
  on_day date := least(upper(days) - 1, as_of_day);       -- D of DESIGN 5
  today date := (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
BEGIN
  RETURN QUERY
  WITH listed AS MATERIALIZED (
    SELECT * FROM roster(lower(days), upper(days), on_day)
  ), figures AS MATERIALIZED (
    SELECT * FROM agency_figures(code, on_day, wanted)
  ), aim AS (
    SELECT * FROM targets_on(upper(days) - 1)
  ), lines AS (          -- which indicators have a line for which agencies
    SELECT i.slug, i.scope, l.agency_id, l.label, l.in_force, l.in_population, l.ranked_group,
           f.numerator, f.denominator, f.provided, coalesce(f.recast, false) AS recast,
           CASE WHEN i.scope IN ('each_agency', 'each_agency_nation', 'nation_each_agency')
                THEN a.target_id END AS target_id
      FROM indicator i
     CROSS JOIN listed l
      LEFT JOIN figures f ON f.agency_id = l.agency_id AND f.slug = i.slug
      LEFT JOIN aim a ON a.slug = i.slug
     WHERE (wanted IS NULL OR i.slug = wanted)
       AND (i.scope <> 'nation' OR f.denominator IS NOT NULL)
       AND (i.tier IS NULL OR l.kind = 'province')
       -- The district tier ended with 30 June 2025.
       AND (i.tier IS DISTINCT FROM 'district' OR lower(days) <= date '2025-06-30')
  ), paths AS MATERIALIZED (   -- only targets that are still ahead have a path
    SELECT l.slug, l.agency_id, s.*
      FROM (SELECT slug, agency_id FROM lines WHERE target_id IS NOT NULL
            UNION ALL SELECT slug, 0 FROM aim) l
      JOIN aim t ON t.slug = l.slug AND t.deadline >= today
     CROSS JOIN LATERAL path_start(l.slug, l.agency_id, t.deadline) s
  ), judged AS (
    SELECT l.*,
           -- Nothing provided at all: there is no value to print or to rank.
           l.denominator > 0 AND (l.provided > 0 OR l.numerator <> 0) AS valued,
           verdict(l.numerator, l.denominator, l.provided, t.direction, t.numerator,
                   t.denominator, t.deadline, today, on_day, s.day, s.n, s.d) AS status
      FROM lines l
      LEFT JOIN aim t ON t.target_id = l.target_id
      LEFT JOIN paths s ON s.slug = l.slug AND s.agency_id = l.agency_id
  ), pooled AS (
    SELECT i.slug, i.scope,
           count(j.*) FILTER (WHERE j.in_population) AS population,
           count(j.*) FILTER (WHERE j.in_population AND (j.valued OR j.denominator = 0)) AS answered,
           count(j.*) FILTER (WHERE j.in_population AND j.denominator > 0) AS applicable,
           sum(j.numerator) FILTER (WHERE j.in_population) AS numerator,
           sum(j.denominator) FILTER (WHERE j.in_population) AS denominator,
           sum(j.provided) FILTER (WHERE j.in_population) AS provided,
           bool_or(j.recast AND j.in_population) AS recast,
           array_agg(j.status) FILTER (WHERE j.in_population) AS statuses
      FROM indicator i LEFT JOIN judged j USING (slug)
     WHERE wanted IS NULL OR i.slug = wanted
     GROUP BY i.slug, i.scope
  ), nation AS (
    SELECT p.slug, p.scope, p.population, p.answered, p.statuses, coalesce(p.recast, false) AS recast,
           a.target_id,
           coalesce(own.numerator, CASE WHEN p.scope = 'share' AND p.answered = 0 THEN NULL
                                        ELSE p.numerator END)::bigint AS numerator,
           coalesce(own.denominator, CASE
             WHEN p.scope <> 'share' THEN p.denominator
             WHEN p.answered = 0 THEN NULL
             -- Only agencies that provide services can publish satisfaction with them.
             WHEN p.slug = 'satisfaction-disclosure' THEN p.applicable
             ELSE p.population END)::bigint AS denominator,
           coalesce(own.provided, p.provided)::bigint AS provided,
           own.slug IS NOT NULL AS told
      FROM pooled p
      LEFT JOIN aim a USING (slug)
      LEFT JOIN figures own ON own.agency_id = 0 AND own.slug = p.slug
  ), merged AS (
    SELECT j.slug, j.scope, j.agency_id, j.label, j.in_force, j.in_population, j.ranked_group,
           j.numerator, j.denominator, j.provided, j.recast, j.target_id, j.valued, j.status,
           CASE WHEN j.denominator IS NULL THEN 0::numeric
                WHEN j.denominator = 0 THEN 1
                ELSE round_fraction(j.provided, j.denominator, 6, 1, 1) END AS coverage,
           NULL::jsonb AS counts
      FROM judged j
    UNION ALL
    SELECT n.slug, n.scope, 0, 'VN', true, false, NULL,
           n.numerator, n.denominator, n.provided, n.recast, n.target_id,
           n.denominator > 0 AND (n.provided > 0 OR n.numerator <> 0),
           CASE WHEN n.target_id IS NOT NULL AND n.scope IN ('each_agency', 'each_agency_nation')
                THEN verdict_of_all(n.statuses)
                ELSE verdict(n.numerator, n.denominator, n.provided, t.direction, t.numerator,
                             t.denominator, t.deadline, today, on_day, s.day, s.n, s.d) END,
           CASE WHEN n.told OR n.scope = 'nation' AND n.population = 0
                THEN CASE WHEN n.denominator > 0
                          THEN round_fraction(n.provided, n.denominator, 6, 1, 1) ELSE 0 END
                WHEN n.population = 0 THEN 0
                ELSE round_fraction(n.answered, n.population, 6, 1, 1) END,
           CASE WHEN n.scope IN ('each_agency', 'each_agency_nation') THEN
             (SELECT jsonb_object_agg(s, c)
                FROM (SELECT s, count(*) AS c FROM unnest(n.statuses) s GROUP BY s) g) END
      FROM nation n
      LEFT JOIN aim t ON t.target_id = n.target_id
      LEFT JOIN paths s ON s.slug = n.slug AND s.agency_id = 0
  ), printed AS (
    SELECT m.*, t.direction, t.numerator AS tn, t.denominator AS td, i.ordinal, i.version,
           i.verified, i.kind,
           CASE WHEN NOT m.valued THEN NULL
                WHEN i.kind = 'survey' THEN m.numerator::numeric
                ELSE round_fraction(m.numerator, m.denominator, 6, t.numerator, t.denominator)
           END AS value,
           CASE WHEN m.valued AND i.kind <> 'survey'
                THEN round_fraction(m.numerator, m.denominator, 4, t.numerator, t.denominator)
           END AS four
      FROM merged m JOIN indicator i ON i.slug = m.slug LEFT JOIN aim t ON t.target_id = m.target_id
  ), ranked AS (
    SELECT p.*, w.low, w.high,
           p.ranked_group IS NOT NULL AND p.in_population AND p.four IS NOT NULL
           AND p.scope <> 'share' AS ranks
      FROM printed p
      LEFT JOIN LATERAL wilson(p.numerator, p.denominator) w
             ON p.scope <> 'share' AND p.kind <> 'survey' AND p.valued
  ), placed AS (
    SELECT r.*,
           CASE WHEN r.ranks THEN rank() OVER (PARTITION BY r.slug, r.ranked_group, r.ranks
                                               ORDER BY r.four DESC) END AS place,
           CASE WHEN r.ranks THEN count(*) OVER (PARTITION BY r.slug, r.ranked_group, r.ranks, r.four) > 1
           END AS tied,
           CASE WHEN r.ranks THEN (lag(r.low) OVER line > r.high)::int END AS apart
      FROM ranked r
    WINDOW line AS (PARTITION BY r.slug, r.ranked_group, r.ranks ORDER BY r.four DESC, r.low DESC, r.label)
  )
  SELECT code, q.slug, q.ordinal, q.agency_id, q.label, q.numerator, q.denominator, q.provided,
         q.value::text, round(100 * q.four, 2)::text,
         CASE WHEN q.kind = 'survey' THEN q.tn::text ELSE round_fraction(q.tn, q.td, 6)::text END,
         CASE WHEN q.kind <> 'survey' THEN trim_scale(100 * q.tn::numeric / q.td)::text END,
         q.target_id, q.tn, q.td, q.direction, q.status, q.place::int, coalesce(q.tied, false),
         CASE WHEN q.ranks THEN 1 + sum(coalesce(q.apart, 0))
              OVER (PARTITION BY q.slug, q.ranked_group, q.ranks
                    ORDER BY q.four DESC, q.low DESC, q.label) END::int,
         CASE WHEN q.agency_id = 0 OR q.ranks THEN NULL
              WHEN q.scope = 'share' THEN 'share'
              WHEN q.ranked_group IS NULL THEN 'outside_population'
              WHEN NOT q.in_force THEN 'merged'
              WHEN q.denominator IS NULL THEN 'no_data'
              WHEN q.denominator = 0 THEN 'not_applicable'
              ELSE 'not_provided' END,
         round(q.coverage, 6)::text,
         round(floor(q.coverage * 10000) / 100, 2)::text,
         'provisional', q.version,
         CASE WHEN q.denominator > 0 AND q.tn IS NOT NULL THEN
           CASE WHEN q.kind = 'survey' THEN greatest(0, q.numerator - q.tn)
                ELSE greatest(0, ceil(q.tn::numeric * q.denominator / q.td) - q.numerator) END
         END::bigint,
         q.ranked_group, q.in_population, q.recast, q.verified, q.counts,
         q.low::text, q.high::text
    FROM placed q
   ORDER BY q.slug COLLATE "C", q.label COLLATE "C";
END $$;

-- The first observation in a target's window, from which its path starts: for
-- dossiers the first calendar month in which any were settled.
CREATE OR REPLACE FUNCTION path_start(slug text, agency_id int, deadline date,
                                      OUT day date, OUT n bigint, OUT d bigint)
LANGUAGE sql STABLE AS $$
  SELECT (t.month + interval '1 month')::date - 1,
         sum(CASE path_start.slug WHEN 'online-filing' THEN t.resolved_online
                                  WHEN 'level4-filing' THEN t.level4_online
                                  WHEN 'one-stop' THEN t.one_stop END)::bigint,
         sum(t.resolved)::bigint
    FROM (SELECT date_trunc('month', dt.day)::date AS month, dt.* FROM day_total dt) t
   WHERE path_start.slug IN ('online-filing', 'level4-filing', 'one-stop')
     AND (path_start.agency_id = 0 OR t.agency_id = path_start.agency_id)
     AND t.day > coalesce((SELECT max(p.deadline) FROM target p
                            WHERE p.slug = path_start.slug AND p.deadline < path_start.deadline),
                          date '2019-03-07')
     AND t.resolved > 0
   GROUP BY t.month ORDER BY t.month LIMIT 1
$$;

-- What readers ask.  AS_OF answers from the latest vintage published at or before
-- it; as long as none was, there is nothing to answer with.
CREATE OR REPLACE FUNCTION observations(period text, as_of timestamptz DEFAULT NULL,
                                        wanted text DEFAULT NULL)
RETURNS SETOF observation LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF as_of IS NOT NULL THEN
    RAISE EXCEPTION 'no vintage was published at or before %', as_of USING ERRCODE = 'NQ404';
  END IF;
  RETURN QUERY SELECT * FROM live_observations(period, wanted);
END $$;

-- One figure as JSON: the shape that API, pages, charts and reports share.
CREATE OR REPLACE FUNCTION observation_object(o observation) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'period', o.period, 'agency', o.agency,
    'agency_name_vi', CASE WHEN o.agency_id = 0 THEN 'Cả nước' ELSE a.name_vi END,
    'agency_name_en', CASE WHEN o.agency_id = 0 THEN 'Viet Nam' ELSE coalesce(a.name_en, a.name_vi) END,
    'indicator', o.indicator, 'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en,
    'number', i.number, 'unit_vi', i.unit_vi, 'unit_en', i.unit_en,
    'numerator', o.numerator, 'denominator', o.denominator, 'provided', o.provided,
    'value', o.value, 'percent', o.percent,
    'target', o.target, 'target_percent', o.target_percent, 'target_id', o.target_id,
    'target_numerator', o.target_numerator, 'target_denominator', o.target_denominator,
    'direction', o.direction, 'status', o.status, 'rank', o.rank, 'tied', o.tied,
    'tie_group', o.tie_group, 'group', o.ranked_group, 'unranked_reason', o.unranked_reason,
    'coverage', o.coverage, 'coverage_percent', o.coverage_percent, 'maturity', o.maturity,
    'version', o.version, 'clause_vi', t.clause_vi, 'clause_en', t.clause_en,
    'gap', o.gap, 'recast', o.recast, 'verified', o.verified, 'in_population', o.in_population,
    'low', o.low, 'high', o.high, 'counts', o.counts)
    FROM (SELECT) one
    LEFT JOIN agency a ON a.agency_id = o.agency_id
    LEFT JOIN indicator i ON i.slug = o.indicator
    LEFT JOIN target t ON t.target_id = o.target_id
$$;

-- The last complete quarter that has data; without any, the year of the Resolution's
-- first targets.
CREATE OR REPLACE FUNCTION default_period() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT to_char(max(day), 'YYYY-"Q"Q')
       FROM (SELECT day FROM day_total WHERE resolved > 0
             UNION ALL SELECT end_day - 1 FROM reported_count) d
      WHERE day < date_trunc('quarter', store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')),
    '2020')
$$;
