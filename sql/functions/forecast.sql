-- forecast.sql -- what a rate over settled dossiers will be at its deadline.
--
-- Monthly rates, a damped local trend with fixed weights (level 0.5, trend 0.2, damping
-- 0.9): no fitting, so that the same records give the same forecast and nothing is tuned
-- to please.  How wrong it is, the agency's own past tells: at each earlier month the same
-- rule forecast the months that followed, and the interval is what four in five of those
-- errors stayed within.  With fewer than FEWEST months to learn from, or fewer than
-- FEWEST_TRIALS trials, there is no forecast.

-- The mean rate of the STEPS months that follow RATES, without the first SKIP of them.
CREATE FUNCTION damped_trend(rates float8[], steps int, skip int DEFAULT 0) RETURNS float8
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  level float8 := rates[1];
  trend float8 := 0;
  before float8;
  damp float8 := 0.9;
  ahead float8 := 0;       -- the trend's sum so far
  total float8 := 0;
BEGIN
  FOR i IN 2 .. cardinality(rates) LOOP
    before := level;
    level := 0.5 * rates[i] + 0.5 * (level + damp * trend);
    trend := 0.2 * (level - before) + 0.8 * damp * trend;
  END LOOP;
  FOR h IN 1 .. steps LOOP
    ahead := ahead + trend * damp ^ h;
    IF h > skip THEN
      total := total + least(1, greatest(0, level + ahead));
    END IF;
  END LOOP;
  RETURN total / (steps - skip);
END $$;

-- The complete months before STOP of what counts for MEMBERS, oldest first; a month
-- without a settled dossier ends the line towards the past.
CREATE FUNCTION monthly_rates(members int[], slug text, stop date)
RETURNS TABLE (month date, numerator bigint, denominator bigint)
LANGUAGE sql STABLE AS $$
  WITH summed AS (
    SELECT date_trunc('month', t.half_month)::date AS month, sum(f.numerator)::bigint AS n,
           sum(f.denominator)::bigint AS d
      FROM half_month_total t
     CROSS JOIN LATERAL dossier_terms(
       t.resolved, t.resolved_online, t.level4_online, t.due_known, t.on_time, t.one_stop_known,
       t.one_stop, t.paid_known, t.paid_online, t.filed_by_known, t.assisted, t.scored, t.satisfied) f
     WHERE t.agency_id = ANY (members) AND t.half_month < date_trunc('month', monthly_rates.stop)
       AND t.resolved > 0 AND f.slug = monthly_rates.slug
     GROUP BY 1 HAVING sum(f.denominator) > 0
  ), run AS (
    SELECT s.*, s.month + make_interval(months => (row_number() OVER (ORDER BY s.month DESC))::int) AS line
      FROM summed s
  )
  SELECT r.month, r.n, r.d FROM run r
   WHERE r.line = (date_trunc('month', monthly_rates.stop))::date
   ORDER BY r.month
$$;

-- How the rule did in the past: at each month from the sixth on, the pooled rate of the
-- next STEPS months (without SKIP) against what it said, and against the last month's rate
-- (naive).
CREATE FUNCTION forecast_trials(n bigint[], d bigint[], steps int, skip int DEFAULT 0)
RETURNS TABLE (at int, said float8, naive float8, was float8)
LANGUAGE sql IMMUTABLE AS $$
  WITH rates AS (
    SELECT array_agg(x.n::float8 / x.d ORDER BY x.i) AS r
      FROM unnest(n, d) WITH ORDINALITY x(n, d, i)
  )
  SELECT o, damped_trend(r.r[1:o], steps, skip), r.r[o],
         (SELECT sum(x.n)::float8 / sum(x.d)
            FROM unnest(n[o+skip+1:o+steps], d[o+skip+1:o+steps]) x(n, d))
    FROM rates r, generate_series(6, cardinality(n) - steps) o
$$;

-- The forecast of a figure for the calendar year that ends with its deadline: what is
-- settled already, and the months to come at the volume of the last twelve.
CREATE FUNCTION forecast_model(o observation, kind text, deadline date) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  fewest constant int := 12;
  fewest_trials constant int := 6;
  today date := store_day();
  members int[] := ARRAY(SELECT * FROM members_of(o.agency_id, today));
  this_month date := date_trunc('month', today);
  first date := date_trunc('year', deadline);
  steps int := (extract(year FROM deadline) - extract(year FROM today)) * 12
               + extract(month FROM deadline) - extract(month FROM today) + 1;
  -- Only the months of that year are part of its figure.
  ahead int := least(steps, extract(month FROM deadline)::int);
  n bigint[];
  d bigint[];
  so_far_n bigint;
  so_far_d bigint;
  volume bigint;
  rate float8;
  width float8;
  tested record;
BEGIN
  IF kind <> 'dossier' OR o.agency_id = 0 THEN
    RETURN json_build_object('refused', 'not_a_flow');
  ELSIF deadline < today THEN
    RETURN json_build_object('refused', 'deadline_passed');
  END IF;
  SELECT array_agg(m.numerator ORDER BY m.month), array_agg(m.denominator ORDER BY m.month)
    INTO n, d FROM monthly_rates(members, o.indicator, today) m;
  IF coalesce(cardinality(n), 0) < greatest(fewest, steps + 5 + fewest_trials) THEN
    RETURN json_build_object('refused', 'too_short', 'months', coalesce(cardinality(n), 0),
                             'months_needed', greatest(fewest, steps + 5 + fewest_trials),
                             'steps', steps);
  END IF;
  SELECT count(*) AS trials, avg(abs(t.was - t.said)) AS error, avg(abs(t.was - t.naive)) AS naive,
         percentile_disc(0.8) WITHIN GROUP (ORDER BY abs(t.was - t.said)) AS width,
         -- would an interval from the trials before have held?
         count(*) FILTER (WHERE t.place > 4) AS judged,
         count(*) FILTER (WHERE t.place > 4 AND abs(t.was - t.said) <= t.known) AS held
    INTO tested
    FROM (SELECT x.*, row_number() OVER (ORDER BY x.at) AS place,
                 (SELECT percentile_disc(0.8) WITHIN GROUP (ORDER BY abs(y.was - y.said))
                    FROM forecast_trials(n, d, steps, steps - ahead) y WHERE y.at < x.at) AS known
            FROM forecast_trials(n, d, steps, steps - ahead) x) t;
  SELECT coalesce(sum(m.numerator), 0), coalesce(sum(m.denominator), 0) INTO so_far_n, so_far_d
    FROM monthly_rates(members, o.indicator, today) m WHERE m.month >= first;
  SELECT floor_div(sum(v) * ahead, least(cardinality(d), 12)) INTO volume
    FROM unnest(d[greatest(1, cardinality(d) - 11):]) v;
  rate := damped_trend(ARRAY(SELECT x.n::float8 / x.d FROM unnest(n, d) WITH ORDINALITY x(n, d, i)
                              ORDER BY i), steps, steps - ahead);
  width := tested.width;
  RETURN (
    SELECT json_build_object(
      'year', extract(year FROM deadline)::int, 'months', cardinality(n), 'steps', steps,
      'method', 'damped-trend', 'level', '80%',
      'so_far_numerator', so_far_n, 'so_far_denominator', so_far_d, 'volume', volume,
      'percent', f.middle, 'low', f.low, 'high', f.high,
      'verdict', CASE WHEN f.low_reaches THEN 'likely' WHEN f.high_reaches THEN 'open'
                      ELSE 'unlikely' END,
      'backtest', json_build_object(
        'trials', tested.trials, 'mean_error_points', round(100 * tested.error::numeric, 2)::text,
        'naive_error_points', round(100 * tested.naive::numeric, 2)::text,
        'intervals_judged', tested.judged, 'intervals_held', tested.held))
      FROM (SELECT max(p.percent) FILTER (WHERE p.place = 2) AS middle,
                   max(p.percent) FILTER (WHERE p.place = 1) AS low,
                   max(p.percent) FILTER (WHERE p.place = 3) AS high,
                   bool_or(p.reaches) FILTER (WHERE p.place = 1) AS low_reaches,
                   bool_or(p.reaches) FILTER (WHERE p.place = 3) AS high_reaches
              FROM (SELECT c.place,
                           round(100 * round_fraction(c.n, so_far_d + volume, 4, o.target_numerator,
                                                      o.target_denominator), 2)::text AS percent,
                           reaches(c.n, so_far_d + volume, o.direction, o.target_numerator,
                                   o.target_denominator) AS reaches
                      FROM (SELECT r.place,
                                   so_far_n + floor(volume * least(1, greatest(0, r.rate)))::bigint AS n
                              FROM unnest(ARRAY[rate - width, rate, rate + width])
                                   WITH ORDINALITY r(rate, place)) c) p) f);
END $$;
