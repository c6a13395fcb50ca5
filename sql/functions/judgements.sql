-- judgements.sql -- who is listed in a period, whose figures are added up, and the
-- verdict on each line (DESIGN 5).

-- Whom an agency of the population is compared with.
CREATE OR REPLACE FUNCTION ranked_group_of(kind agency_kind, counted boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN NOT counted THEN NULL WHEN kind = 'province' THEN 'province' ELSE 'central' END
$$;

-- Who is listed in a period, and who answers for whom on its last day DAY.
CREATE OR REPLACE FUNCTION roster(first date, stop date, day date)
RETURNS TABLE (agency_id int, label text, kind agency_kind, in_force boolean,
               in_population boolean, ranked_group text, heir_id int)
LANGUAGE sql STABLE AS $$
  WITH counted AS MATERIALIZED (SELECT * FROM populations_on(roster.day, first))
  SELECT a.agency_id, a.label, a.kind, x.in_force, x.in_force AND x.counted,
         ranked_group_of(a.kind, x.counted), h.heir_id
    FROM agency a
    LEFT JOIN agency_heir h ON h.agency_id = a.agency_id
         AND roster.day BETWEEN h.first_day AND h.last_day
   CROSS JOIN LATERAL (
     SELECT a.valid_from <= roster.day
            AND coalesce(a.valid_to, 'infinity'::date) >= roster.day AS in_force,
            EXISTS (SELECT FROM counted c WHERE c.slug IS NULL
                       AND (a.kind = ANY (c.kinds) OR a.agency_id = ANY (c.members))) AS counted) x
   WHERE a.valid_from < stop AND coalesce(a.valid_to, 'infinity'::date) >= first
     AND (x.counted
          OR EXISTS (SELECT FROM counted c WHERE a.kind = ANY (c.kinds) OR a.agency_id = ANY (c.members))
          OR EXISTS (SELECT FROM day_total t WHERE t.agency_id = a.agency_id)
          OR EXISTS (SELECT FROM service s WHERE s.agency_id = a.agency_id)
          OR EXISTS (SELECT FROM fact f WHERE f.agency_id = a.agency_id)
          OR EXISTS (SELECT FROM reported_count c WHERE c.agency_id = a.agency_id))
$$;

-- Numerator, denominator and provided units of every row of the roster, with the
-- predecessors' flows added to the row in force on DAY (recast).  WANTED, if given,
-- spares the work for other kinds of indicator than its own.  RECAST_ON, if given, asks
-- for the rows in force on that day instead, with all that their predecessors did.
CREATE OR REPLACE FUNCTION agency_figures(code text, day date, wanted text[],
                                          recast_on date DEFAULT NULL)
RETURNS TABLE (agency_id int, slug text, numerator bigint, denominator bigint,
               provided bigint, possible bigint, note text, recast boolean)
LANGUAGE plpgsql STABLE SET enable_nestloop = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  p record;
  first date;
  stop date;
  kinds text[] := (SELECT array_agg(DISTINCT i.kind) FROM indicator i WHERE i.slug = ANY (wanted));
  variants text[];       -- slug/name of those that are computed
  replaced text[];       -- indicators whose usual figures they replace
  standing date := coalesce(recast_on, day);   -- whose rows are in force is asked for
BEGIN
  SELECT * INTO p FROM period_parts(code);
  first := lower(p.days);
  stop := upper(p.days);
  SELECT coalesce(array_agg(v.slug || '/' || v.name), '{}'),
         coalesce(array_agg(v.slug) FILTER (WHERE v.replaces = 'all'), '{}')
    INTO variants, replaced
    FROM formulas_on(stop - 1) v WHERE wanted IS NULL OR v.slug = ANY (wanted);
  RETURN QUERY
  WITH listed AS MATERIALIZED (
    SELECT * FROM roster(coalesce(recast_on, first), coalesce(recast_on + 1, stop), standing)
  ),
  flow AS (
    SELECT f.* FROM dossier_figures(first, stop, wanted) f
     WHERE first <= day AND coalesce('dossier' = ANY (kinds), true) AND f.slug <> ALL (replaced)
    UNION ALL
    SELECT f.* FROM variant_flows(variants, first, stop) f WHERE variants <> '{}' AND first <= day
    UNION ALL
    SELECT f.* FROM count_figures(first, stop, day, false) f
     WHERE coalesce(kinds && '{count,reduction}', true)
  ), stock AS (
    SELECT f.* FROM service_figures(day) f
     WHERE coalesce('service' = ANY (kinds), true) AND f.slug <> ALL (replaced)
    UNION ALL
    SELECT f.* FROM variant_stocks(variants, first, stop, day,
                      CASE WHEN p.kind = 'year' AND NOT p.nd09 THEN p.year END) f
     WHERE variants <> '{}'
    UNION ALL
    SELECT f.* FROM fact_figures(first, stop, day) f WHERE coalesce('fact' = ANY (kinds), true)
    UNION ALL
    SELECT f.* FROM count_figures(first, stop, day, true) f
     WHERE coalesce('count' = ANY (kinds), true)
    UNION ALL
    SELECT f.* FROM survey_figures(p.year) f
     WHERE p.kind = 'year' AND NOT p.nd09 AND coalesce('survey' = ANY (kinds), true)
       AND f.slug <> ALL (replaced)
  )
  -- Flows: each row's own, and for the row in force those of all it answers for.
  SELECT l.agency_id, f.slug, sum(f.numerator)::bigint, sum(f.denominator)::bigint,
         sum(f.provided)::bigint,
         sum(coalesce(f.possible, f.numerator + f.denominator - f.provided))::bigint,
         string_agg(DISTINCT f.note, ' ' ORDER BY f.note DESC)
           FILTER (WHERE f.agency_id = l.agency_id OR recast_on IS NOT NULL),
         coalesce(bool_or(f.agency_id <> l.agency_id AND f.denominator > 0), false)
    FROM listed l
    JOIN agency_heir h ON h.heir_id = CASE WHEN l.in_force THEN l.agency_id END
         AND standing BETWEEN h.first_day AND h.last_day
    JOIN flow f ON f.agency_id = h.agency_id
   GROUP BY l.agency_id, f.slug
  HAVING bool_and(f.denominator IS NOT NULL)     -- null: a part of the period was not told
  UNION ALL
  SELECT l.agency_id, f.slug, f.numerator, f.denominator, f.provided,
         coalesce(f.possible, f.numerator + f.denominator - f.provided), f.note, false
    FROM listed l JOIN flow f USING (agency_id) WHERE NOT l.in_force AND f.denominator IS NOT NULL
  UNION ALL
  -- Stocks: of the rows in force on the day; recast, those of the rows that were.
  SELECT l.agency_id, f.slug, sum(f.numerator)::bigint, sum(f.denominator)::bigint,
         sum(f.provided)::bigint, sum(f.numerator + f.denominator - f.provided)::bigint,
         max(f.note), bool_or(f.agency_id <> l.agency_id)
    FROM listed l
    JOIN agency_heir h ON h.heir_id = l.agency_id
         AND standing BETWEEN h.first_day AND h.last_day
    JOIN agency o ON o.agency_id = h.agency_id
         AND day BETWEEN o.valid_from AND coalesce(o.valid_to, 'infinity'::date)
    JOIN stock f ON f.agency_id = h.agency_id
   WHERE l.in_force
   GROUP BY l.agency_id, f.slug
  UNION ALL
  SELECT 0, f.slug, f.numerator, f.denominator, f.provided,
         f.numerator + f.denominator - f.provided, f.note, false
    FROM (SELECT * FROM flow UNION ALL SELECT * FROM stock) f WHERE f.agency_id = 0;
END $$;

-- The verdict on every line of a period, or of some indicators: a line per listed agency,
-- and the nation's (agency_id 0), pooled over its population.
-- Hash joins: the planner knows nothing of the sizes inside and would loop.
-- RECAST_ON: on the agencies in force that day (recast.sql).
CREATE OR REPLACE FUNCTION judgements(code text, wanted text[], recast_on date DEFAULT NULL)
RETURNS SETOF judgement
LANGUAGE plpgsql STABLE SET enable_nestloop = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  days daterange := period_range(code);
  as_of_day date := (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
  on_day date := least(upper(days) - 1, as_of_day);       -- D of DESIGN 5
  today date := (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
  loose text[] := loose_shares(upper(days) - 1);
BEGIN
  RETURN QUERY
  WITH listed AS MATERIALIZED (
    SELECT * FROM roster(coalesce(recast_on, lower(days)), coalesce(recast_on + 1, upper(days)),
                         coalesce(recast_on, on_day))
  ), figures AS MATERIALIZED (
    SELECT * FROM agency_figures(code, on_day, wanted, recast_on)
  ), aim AS MATERIALIZED (
    SELECT t.*, (SELECT chosen_agencies()) AS holders FROM targets_on(upper(days) - 1) t
     WHERE wanted IS NULL OR t.slug = ANY (wanted)
  ), aimed AS (          -- the target of each agency: one for its kind before one for all
    SELECT DISTINCT ON (a.slug, l.agency_id) a.slug, l.agency_id, a.target_id
      FROM aim a
      JOIN indicator i ON i.slug = a.slug
      JOIN listed l ON coalesce(l.kind = ANY (a.kinds), true)
                   AND coalesce(l.agency_id = ANY (a.holders), true)
     WHERE i.scope IN ('each_agency', 'each_agency_nation', 'nation_each_agency')
        OR a.kinds IS NOT NULL
     ORDER BY a.slug, l.agency_id, a.kinds IS NULL, a.target_id
  ), counted AS MATERIALIZED (
    SELECT * FROM populations_on(on_day, lower(days), recast_on)
  ), people AS (         -- whose figures are added up, by indicator
    SELECT i.slug AS indicator, c.* FROM indicator i
      JOIN counted c ON coalesce(c.slug, i.slug) = i.slug
     WHERE (wanted IS NULL OR i.slug = ANY (wanted))
       AND (c.slug IS NOT NULL OR NOT EXISTS (SELECT FROM counted o WHERE o.slug = i.slug))
  ), people_size AS (
    SELECT p.indicator, p.population_id, p.closed, count(l.agency_id) AS size
      FROM people p LEFT JOIN listed l
        ON l.in_force AND (l.kind = ANY (p.kinds) OR l.agency_id = ANY (p.members))
     GROUP BY p.indicator, p.population_id, p.closed
  ), lines AS (          -- which indicators have a line for which agencies
    SELECT i.slug, i.scope, l.agency_id, l.label, l.in_force, l.in_force AND w.counted AS in_population,
           ranked_group_of(l.kind, w.counted) AS ranked_group, p.population_id, p.closed,
           f.numerator, f.denominator, f.provided, f.possible, nullif(f.note, '') AS note,
           coalesce(f.recast, false) AS recast, u.numerator AS unsent,
           a.target_id
      FROM indicator i
      JOIN people p ON p.indicator = i.slug
     CROSS JOIN listed l
     CROSS JOIN LATERAL (SELECT l.kind = ANY (p.kinds) OR l.agency_id = ANY (p.members) AS counted) w
      LEFT JOIN figures f ON f.agency_id = l.agency_id AND f.slug = i.slug
      LEFT JOIN figures u ON u.agency_id = l.agency_id AND u.slug = 'unsent'
                         AND i.slug IN ('online-filing', 'level4-filing')
      LEFT JOIN aimed a ON a.agency_id = l.agency_id AND a.slug = i.slug
     WHERE (i.scope <> 'nation' OR f.denominator IS NOT NULL)
       AND (i.tier IS NULL OR w.counted)   -- nobody else has that tier
       -- A share counts the agencies that were: of two that merged no sum is one agency.
       AND (i.scope <> 'share' OR recast_on IS NULL)
  ), paths AS MATERIALIZED (   -- only targets that are still ahead have a path
    SELECT t.target_id, s.agency_id, s.begun AS day, s.n, s.d
      FROM aim t
     CROSS JOIN LATERAL path_starts(t.slug, t.deadline, on_day, coalesce(recast_on, on_day)) s
     WHERE t.deadline >= today AND (wanted IS NULL OR t.slug = ANY (wanted))
  ), judged AS (
    SELECT l.*,
           -- All is unknown: there is no value to print or to rank.
           l.denominator > 0 AND NOT (l.numerator = 0 AND l.possible = l.denominator) AS valued,
           verdict(l.numerator, l.denominator, l.possible, t.direction, t.numerator,
                   t.denominator, t.deadline, today, on_day, s.day, s.n, s.d) AS status
      FROM lines l
      LEFT JOIN aim t ON t.target_id = l.target_id
      LEFT JOIN paths s ON s.target_id = l.target_id AND s.agency_id = l.agency_id
  ), pooled AS (
    SELECT i.slug, i.scope, s.population_id, s.size AS population, s.closed,
           s.closed AND s.size = 0 AS ended,       -- nobody is left to be measured
           count(j.*) FILTER (WHERE j.in_population AND (j.valued OR j.denominator = 0)) AS answered,
           count(j.*) FILTER (WHERE j.in_population AND j.denominator = 0) AS inapplicable,
           sum(j.numerator) FILTER (WHERE j.in_population) AS numerator,
           sum(j.denominator) FILTER (WHERE j.in_population) AS denominator,
           sum(j.provided) FILTER (WHERE j.in_population) AS provided,
           sum(j.possible) FILTER (WHERE j.in_population) AS possible,
           sum(j.unsent) FILTER (WHERE j.in_population) AS unsent,
           count(j.*) FILTER (WHERE j.in_population AND j.denominator IS NOT NULL) AS heard,
           max(j.note) FILTER (WHERE j.in_population) AS note,
           bool_or(j.recast AND j.in_population) AS recast,
           array_agg(j.status) FILTER (WHERE j.in_population) AS statuses
      FROM indicator i JOIN people_size s ON s.indicator = i.slug
      LEFT JOIN judged j USING (slug)
     GROUP BY i.slug, i.scope, s.population_id, s.size, s.closed
  ), nation AS (
    SELECT p.slug, p.scope, p.population_id, p.population, p.ended, p.answered, p.statuses,
           coalesce(p.recast, false) AS recast, a.target_id,
           coalesce(own.numerator, CASE WHEN p.ended THEN 0
                                        WHEN p.scope = 'share' AND p.answered = 0 THEN NULL
                                        ELSE p.numerator END)::bigint AS numerator,
           coalesce(own.denominator, CASE
             WHEN p.ended THEN 0
             WHEN p.scope <> 'share' THEN p.denominator
             WHEN p.answered = 0 THEN NULL
             ELSE p.population - p.inapplicable END)::bigint AS denominator,
           coalesce(own.provided, p.provided)::bigint AS provided,
           -- an agency that says nothing may still hold the fact
           coalesce(own.possible, CASE WHEN p.scope = 'share'
             THEN p.numerator + p.population - p.answered ELSE p.possible END)::bigint AS possible,
           nullif(concat_ws(' ', p.note, CASE WHEN p.closed THEN 'closed' END), '') AS note,
           -- What an agency that never spoke would add to a sum, nobody knows.
           own.slug IS NOT NULL OR p.scope = 'share' OR p.heard = p.population AS bounded,
           p.unsent, own.slug IS NOT NULL AS told
      FROM pooled p
      LEFT JOIN aim a ON a.slug = p.slug AND a.kinds IS NULL AND a.holders IS NULL
      LEFT JOIN figures own ON own.agency_id = 0 AND own.slug = p.slug
  )
  SELECT j.slug, j.scope, j.agency_id, j.label, j.in_force, j.in_population, j.ranked_group,
         j.numerator, j.denominator, j.provided, j.recast, j.target_id, j.valued, j.status,
         CASE WHEN j.denominator = 0 THEN 1 ELSE coalesce(j.provided, 0) END,
         CASE WHEN j.denominator > 0 THEN j.denominator ELSE 1 END,
         note_with(j.note, j.slug, j.numerator, j.denominator, loose),
         NULL::jsonb AS counts, z.size, j.population_id, j.possible, coalesce(j.unsent, 0)
    FROM judged j JOIN people_size z ON z.indicator = j.slug
  UNION ALL
  SELECT n.slug, n.scope, 0, 'VN', true, false, NULL,
         n.numerator, n.denominator, n.provided, n.recast, n.target_id,
         n.denominator > 0 AND NOT (n.numerator = 0 AND n.possible = n.denominator),
         CASE WHEN n.ended AND NOT n.told THEN 'not_applicable'
              WHEN n.target_id IS NOT NULL AND n.scope IN ('each_agency', 'each_agency_nation')
              THEN verdict_of_all(n.statuses)
              ELSE verdict(n.numerator, n.denominator, n.possible, t.direction, t.numerator,
                           t.denominator, t.deadline, today, on_day, s.day, s.n, s.d) END,
         CASE WHEN n.told THEN n.provided WHEN n.ended THEN 1 ELSE n.answered END,
         CASE WHEN n.told THEN n.denominator ELSE greatest(n.population, 1) END,
         note_with(n.note, n.slug, n.numerator, n.denominator, loose),
         CASE WHEN n.scope IN ('each_agency', 'each_agency_nation') THEN
           (SELECT jsonb_object_agg(s, c)
              FROM (SELECT s, count(*) AS c FROM unnest(n.statuses) s GROUP BY s) g) END,
         n.population, n.population_id,
         CASE WHEN n.bounded THEN n.possible END, coalesce(n.unsent, 0)::bigint
    FROM nation n
    LEFT JOIN aim t ON t.target_id = n.target_id
    LEFT JOIN paths s ON s.target_id = n.target_id AND s.agency_id = 0;
END $$;
