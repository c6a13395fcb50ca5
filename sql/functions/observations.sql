-- observations.sql -- what readers get: the judged lines of a period, printed and ranked.

-- Live figures are as of the newest batch or catalogue change, never of the clock; while a
-- moment is pinned (vintages.sql), as of that of the vintage.
CREATE OR REPLACE FUNCTION store_as_of() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE WHEN pinned() IS NOT NULL
    THEN current_setting('nq17.pinned_as_of')::timestamptz
    ELSE greatest((SELECT newest_commit()),
                  (SELECT catalogue_at FROM store)) END;
END $$;

CREATE FUNCTION newest_commit() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (SELECT max(committed_at) FROM batch WHERE state = 'committed');
END $$;

-- Changes whenever a page may: with every batch, publication and audit, with the catalogue, with
-- the program, and with the day, on which deadlines pass.
CREATE FUNCTION store_version() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT concat_ws(' ', (SELECT concat(max(batch_id), '/', count(*)) FROM batch),
                   (SELECT catalogue_at FROM store), (SELECT max(vintage_id) FROM vintage),
                   (SELECT count(*) FROM reopening), (SELECT max(audit_id) FROM audit_run),
                   (SELECT docket_at FROM docket), (SELECT max(applied_at) FROM schema_definition), current_date)
$$;

CREATE OR REPLACE FUNCTION store_is_sample() RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (SELECT sample FROM store);
END $$;

-- Every observation of a period, or of some indicators, printed and ranked: a row per
-- listed agency, and VN (agency_id 0).  RECAST_ON: on the agencies in force that day.
CREATE OR REPLACE FUNCTION live_observations(code text, wanted text[], recast_on date DEFAULT NULL)
RETURNS SETOF observation
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
#variable_conflict use_column
DECLARE
  last date := upper(period_range(code)) - 1;   -- asked once, not of every line
BEGIN
  RETURN QUERY
  WITH aim AS (
    SELECT t.*, round_fraction(t.numerator, t.denominator, 6)::text AS printed,
           trim_scale(100 * t.numerator::numeric / t.denominator)::text AS percent
      FROM targets_on(last) t
  ), printed AS (
    SELECT m.*, t.direction, t.numerator AS tn, t.denominator AS td,
           t.printed AS target, t.percent AS target_percent, i.ordinal, d.version, i.verified, i.kind,
           CASE WHEN NOT m.valued THEN NULL
                WHEN i.kind = 'survey' THEN m.numerator::numeric
                WHEN t.direction = '<='
                THEN round_at_most(m.numerator, m.denominator, 6, t.numerator, t.denominator)
                ELSE round_fraction(m.numerator, m.denominator, 6, t.numerator, t.denominator)
           END AS value,
           CASE WHEN NOT m.valued OR i.kind = 'survey' THEN NULL
                WHEN t.direction = '<='
                THEN round_at_most(m.numerator, m.denominator, 4, t.numerator, t.denominator)
                ELSE round_fraction(m.numerator, m.denominator, 4, t.numerator, t.denominator)
           END AS four
      FROM judgements(code, wanted, recast_on) m
      JOIN indicator i ON i.slug = m.slug
      JOIN definitions_on(last) d ON d.slug = m.slug
      LEFT JOIN aim t ON t.target_id = m.target_id
  ), compared AS (       -- who could stand in a rank, and what keeps it from it
    SELECT p.*, b.*,
           p.ranked_group IS NOT NULL AND p.in_population AND p.scope <> 'share' AS eligible,
           CASE WHEN p.denominator < u.minimum_base THEN 'small_base'
                WHEN 100::numeric * p.covered < u.minimum_coverage::numeric * p.coverable
                  THEN 'low_coverage' END AS incomparable
      FROM printed p
      LEFT JOIN rank_rule_in_force u ON u.slug = p.slug
     CROSS JOIN LATERAL figure_bounds(p.numerator, p.denominator, p.possible, p.unsent, p.four,
                                      p.kind = 'survey',
                                      CASE WHEN p.direction <> '<=' THEN p.tn END, p.td) b
  ), ranked AS (
    SELECT p.*, p.eligible AND p.four IS NOT NULL AND p.incomparable IS NULL AS ranks,
           CASE WHEN w.sampled THEN wilson_end(p.numerator, p.denominator, -1) END AS low,
           CASE WHEN w.sampled THEN wilson_end(p.numerator, p.denominator, 1) END AS high
      FROM compared p
     CROSS JOIN LATERAL (SELECT p.scope <> 'share' AND p.kind <> 'survey' AND p.valued) w(sampled)
  ), reach AS (          -- of a rank's rivals: the least and the most each can still have
    SELECT r.ordinal, r.ranked_group,
           array_agg(r.four_low ORDER BY r.four_low) FILTER (WHERE r.ranks) AS lows,
           array_agg(r.four_high ORDER BY r.four_high) AS highs
      FROM ranked r
     WHERE r.ranks OR (r.eligible AND r.four IS NULL AND r.four_high IS NOT NULL)
     GROUP BY r.ordinal, r.ranked_group
  ), placed AS (         -- of few columns: what is sorted is copied
    SELECT r.ordinal, r.agency_id, r.ranked_group, r.four, r.four_low, r.four_high, r.low, r.label,
           rank() OVER (PARTITION BY r.ordinal, r.ranked_group ORDER BY r.four DESC)::int AS place,
           r.four IN (lag(r.four) OVER line, lead(r.four) OVER line) AS tied,
           (lag(r.low) OVER line > r.high)::int AS apart
      FROM ranked r WHERE r.ranks
    WINDOW line AS (PARTITION BY r.ordinal, r.ranked_group
                    ORDER BY r.four DESC, r.low DESC, r.label)
  ), standing AS (
    SELECT p.ordinal, p.agency_id, p.place, p.tied,
           1 + sum(coalesce(p.apart, 0)) OVER (PARTITION BY p.ordinal, p.ranked_group
                                               ORDER BY p.four DESC, p.low DESC, p.label)::int AS tie_group,
           -- Before it: rivals whose least is more than its most; who may still pass it: those
           -- whose most is more than its least, itself not counted.
           1 + cardinality(z.lows) - width_bucket(p.four_high, z.lows) AS rank_best,
           1 + cardinality(z.highs) - width_bucket(p.four_low, z.highs)
             - (p.four_high > p.four_low)::int AS rank_worst
      FROM placed p JOIN reach z USING (ordinal, ranked_group)
  )
  SELECT code, q.slug, q.ordinal, q.agency_id, q.label, q.numerator, q.denominator, q.provided,
         q.value::text, round(100 * q.four, 2)::text,
         CASE WHEN q.kind = 'survey' THEN q.tn::text ELSE q.target END,
         CASE WHEN q.kind <> 'survey' THEN q.target_percent END,
         q.target_id, q.tn, q.td, q.direction, q.status, s.place, coalesce(s.tied, false),
         s.tie_group,
         CASE WHEN q.agency_id = 0 OR q.ranks THEN NULL
              WHEN q.scope = 'share' THEN 'share'
              WHEN q.ranked_group IS NULL THEN 'outside_population'
              WHEN NOT q.in_force THEN 'merged'
              WHEN q.denominator IS NULL THEN 'no_data'
              WHEN q.denominator = 0 THEN 'not_applicable'
              WHEN q.four IS NULL THEN 'not_provided'
              ELSE q.incomparable END,
         round_fraction(q.covered, q.coverable, 6, 1, 1)::text,
         round(100 * round_fraction(q.covered, q.coverable, 4, 1, 1), 2)::text,
         'provisional', q.version,
         -- Where it is not known what is missing, nothing is said to be.
         CASE WHEN q.agency_id = 0 AND q.counts IS NOT NULL AND q.tn IS NOT NULL THEN
           -- each agency must reach it: the nation lacks what they lack
           (SELECT CASE WHEN count(*) = count(z.denominator) AND bool_and(z.status <> 'undetermined')
                        THEN sum(units_short(z.numerator, z.denominator, z.direction, z.tn, z.td)) END
              FROM ranked z WHERE z.ordinal = q.ordinal AND z.in_population AND z.tn IS NOT NULL)
              WHEN q.status <> 'undetermined'
           THEN units_short(q.numerator, q.denominator, q.direction, q.tn, q.td)
         END::bigint,
         q.ranked_group, q.in_population, q.recast, q.verified, q.counts,
         q.low::text, q.high::text, q.note, q.population, q.population_id,
         q.numerator_low, q.numerator_high, q.bound_denominator, q.low_bound::text,
         q.high_bound::text, s.rank_best, s.rank_worst
    FROM ranked q
    LEFT JOIN standing s ON s.ordinal = q.ordinal AND s.agency_id = q.agency_id
   ORDER BY q.slug COLLATE "C", q.label COLLATE "C";
END $$;

-- The figures of now, computed; those of a final period beside what was published.
CREATE FUNCTION observations_now(period text, wanted text[]) RETURNS SETOF observation
LANGUAGE plpgsql STABLE AS $$
DECLARE
  published bigint := vintage_at(period, 'infinity');
BEGIN
  IF published IS NOT NULL AND period_state(period, NULL) = 'final' THEN
    RETURN QUERY SELECT * FROM matured_observations(period, wanted, published);
  ELSE
    RETURN QUERY SELECT * FROM live_observations(period, wanted);
  END IF;
END $$;

-- What readers ask.  AS_OF, or the moment that is pinned, answers from the latest vintage
-- of the period published at or before it, else with nothing: raised where AS_OF says so.
CREATE OR REPLACE FUNCTION observations(period text, as_of timestamptz DEFAULT NULL,
                                        wanted text DEFAULT NULL)
RETURNS SETOF observation LANGUAGE plpgsql STABLE AS $$
DECLARE
  moment timestamptz := coalesce(as_of, pinned());
  published bigint;
  slugs text[] := CASE WHEN wanted IS NOT NULL THEN ARRAY[wanted] END;
  fresh text[];          -- indicators that must be computed
BEGIN
  IF moment IS NOT NULL THEN
    published := vintage_at(period, moment);
    IF published IS NULL AND as_of IS NOT NULL THEN
      RAISE EXCEPTION 'no vintage of % was published at or before %', period, as_of
        USING ERRCODE = 'NQ404';
    END IF;
    RETURN QUERY SELECT * FROM frozen_observations(published, slugs);
    RETURN;
  ELSIF recast_chosen() THEN
    RETURN QUERY SELECT * FROM recast_observations(period, wanted);
    RETURN;
  END IF;
  fresh := forgotten(period, wanted);
  IF fresh IS NULL THEN
    RETURN QUERY SELECT * FROM observations_now(period, slugs);
  ELSIF fresh = '{}' AND wanted IS NULL THEN
    RETURN QUERY SELECT r.* FROM remembered r WHERE r.period = observations.period
                  ORDER BY r.indicator COLLATE "C", r.agency COLLATE "C";
  ELSIF fresh = '{}' THEN      -- a span of the index, not the whole period
    RETURN QUERY SELECT r.* FROM remembered r
                  WHERE r.period = observations.period AND r.indicator COLLATE "C" = wanted
                  ORDER BY r.agency COLLATE "C";
  ELSE
    RETURN QUERY SELECT * FROM (
      SELECT r.* FROM remembered r
       WHERE r.period = observations.period AND wanted IS NULL AND r.indicator <> ALL (fresh)
      UNION ALL
      SELECT n.* FROM observations_now(period, fresh) n) o
     ORDER BY o.indicator COLLATE "C", o.agency COLLATE "C";
  END IF;
END $$;

-- The latest period that was published; before any was, the last complete quarter that
-- has data; without any, the year of the Resolution's first targets.
CREATE OR REPLACE FUNCTION default_period() RETURNS text
LANGUAGE sql STABLE AS $$
  WITH quarter AS (
    SELECT date_trunc('quarter', store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS first
  ), latest AS (
    SELECT d.day FROM agency a, quarter q
     CROSS JOIN LATERAL (SELECT t.day FROM day_total t
                          WHERE t.agency_id = a.agency_id AND t.resolved > 0 AND t.day < q.first
                          ORDER BY t.day DESC LIMIT 1) d
    UNION ALL
    (SELECT c.end_day - 1 FROM reported_count c, quarter q WHERE c.end_day <= q.first
      ORDER BY c.end_day DESC LIMIT 1)
  )
  SELECT coalesce((SELECT period FROM vintage
                    ORDER BY upper(period_range(period)) DESC, published_at DESC LIMIT 1),
                  (SELECT to_char(max(day), 'YYYY-"Q"Q') FROM latest), '2020')
$$;
