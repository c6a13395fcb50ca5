-- act.sql -- what an agency lacks until a target, and how it could get there.  Everything
-- is worked out on whole numbers; only the forecast is an estimate, and says so.

-- A threshold as people write it: 3/10, 30%, 12,5% or 0.3.
CREATE FUNCTION threshold_of(written text, OUT n bigint, OUT d bigint)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  part text[] := regexp_match(written, '^\s*(\d{1,12})\s*/\s*(\d{1,12})\s*$');
  decimals text[] := regexp_match(written, '^\s*(\d{1,6})(?:[.,](\d{1,6}))?\s*(%)?\s*$');
  divisor bigint;
BEGIN
  IF part IS NOT NULL THEN
    n := part[1];
    d := part[2];
  ELSIF decimals IS NOT NULL THEN
    n := decimals[1] || coalesce(decimals[2], '');
    d := 10 ^ length(coalesce(decimals[2], '')) * CASE WHEN decimals[3] IS NULL THEN 1 ELSE 100 END;
  END IF;
  IF d IS NULL OR d = 0 OR (n > d AND part IS NULL) THEN
    RAISE EXCEPTION '"%" is no threshold; write it like 30%%, 3/10 or 0.3', written
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  divisor := gcd(n, d);
  n := n / divisor;
  d := d / divisor;
END $$;

-- How many more units until N / D reaches the target.
-- turned: of those counted now, more of them with the attribute (where the target is a most,
-- more of them without it); the denominator stays.
-- added: new units that all have it; both grow.  Null where no number of them is enough.
CREATE FUNCTION units_lacking(n bigint, d bigint, direction text, target_n bigint, target_d bigint)
RETURNS TABLE (turned bigint, added bigint)
LANGUAGE sql IMMUTABLE AS $$
  SELECT units_short(n, d, direction, target_n, target_d),
         (CASE WHEN direction <> '<=' THEN CASE
                 WHEN n::numeric * target_d >= target_n::numeric * d THEN 0
                 WHEN target_d > target_n
                   THEN -floor_div(-(target_n::numeric * d - n::numeric * target_d),
                                   target_d - target_n) END END)::bigint
   WHERE d > 0 AND target_n IS NOT NULL
$$;

-- Until the deadline: how many units of the attribute are lacking if as many units come a
-- working day as came since FIRST, and what that is a working day; not ENOUGH of them come
-- where more are lacking.  No row once it passed.
CREATE FUNCTION pace_needed(n bigint, d bigint, target_n bigint, target_d bigint,
                            first date, day date, deadline date)
RETURNS TABLE (working_days int, passed_days int, volume bigint, lacking bigint, per_day bigint,
               volume_per_day bigint, holidays_verified boolean, enough boolean)
LANGUAGE sql STABLE AS $$
  SELECT l.days, p.days, v.volume, x.lacking, -floor_div(-x.lacking::numeric, l.days)::bigint,
         -floor_div(-v.volume::numeric, l.days)::bigint,
         holidays_verified(first - 1, pace_needed.deadline), x.lacking <= v.volume
    FROM (SELECT working_days(pace_needed.day, pace_needed.deadline) AS days) l,
         (SELECT working_days(first - 1, pace_needed.day) AS days) p,
 LATERAL (SELECT floor_div(d::numeric * l.days, p.days)::bigint AS volume) v,
 LATERAL (SELECT greatest(0, -floor_div(-(target_n::numeric * (d + v.volume)), target_d) - n)::bigint
                 AS lacking) x
   WHERE l.days > 0 AND p.days > 0 AND d > 0
$$;

-- The procedures that would move a figure most: those with most units lacking, and how
-- many there are with those above.
CREATE FUNCTION act_procedures(o observation, most int, recast boolean DEFAULT false)
RETURNS TABLE (place bigint, procedure text, name_vi text, name_en text, numerator bigint,
               denominator bigint, lacking bigint, running bigint)
LANGUAGE sql STABLE AS $$
  WITH part AS (
    SELECT p.* FROM figure_parts(o.agency_id, o.indicator, o.period, act_procedures.recast) p
     WHERE o.agency_id <> 0
  ), placed AS (
    SELECT row_number() OVER by_gap AS place, p.procedure, p.numerator, p.denominator,
           p.denominator - p.numerator AS lacking,
           sum(p.denominator - p.numerator) OVER by_gap AS running
      FROM part p WHERE p.denominator > p.numerator
    WINDOW by_gap AS (ORDER BY p.denominator - p.numerator DESC, p.procedure COLLATE "C")
  )
  SELECT p.place, p.procedure, n.name_vi, coalesce(n.name_en, n.name_vi), p.numerator,
         p.denominator, p.lacking, p.running::bigint
    FROM placed p
    LEFT JOIN LATERAL (
      SELECT s.name_vi, s.name_en FROM service s
       WHERE s.procedure = p.procedure
       ORDER BY s.agency_id <> o.agency_id, s.valid_from DESC LIMIT 1) n ON true
   WHERE p.place <= most
   ORDER BY p.place
$$;

-- The same of an agency's figure, or the nation's own.  fewest: of those to be turned, if all
-- that was not told had it.  never: new ones may come, and no number of them is enough; an
-- agency or a place among countries cannot be added.
CREATE FUNCTION own_lacking(o observation)
RETURNS TABLE (turned bigint, fewest bigint, added bigint, never boolean)
LANGUAGE sql STABLE AS $$
  SELECT l.turned, CASE WHEN o.direction = '<=' THEN l.turned ELSE least(l.turned, b.turned) END,
         CASE WHEN i.grows THEN l.added END, i.grows AND l.turned > 0 AND l.added IS NULL
    FROM (SELECT x.slug, x.scope <> 'share' AND x.kind NOT IN ('survey', 'reduction')
                         AND o.direction <> '<=' AS grows FROM indicator x) i
   LEFT JOIN LATERAL units_lacking(o.numerator, o.denominator, o.direction, o.target_numerator,
                                    o.target_denominator) l ON true
    -- what is counted now, without what was never sent
   LEFT JOIN LATERAL units_lacking(o.numerator_high - (o.bound_denominator - o.denominator),
                                    o.denominator, o.direction, o.target_numerator,
                                    o.target_denominator) b ON true
   WHERE i.slug = o.indicator
$$;

-- Where each agency must reach the target, the nation lacks what its agencies lack: AGENCIES
-- do not reach it, and the numbers are the sums of theirs.  Null: nothing can be told.
CREATE FUNCTION figure_lacking(o observation, recast boolean DEFAULT false, OUT turned bigint,
                               OUT fewest bigint, OUT added bigint, OUT never boolean, OUT agencies bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF o.agency_id <> 0 OR o.counts IS NULL OR o.target_id IS NULL THEN
    SELECT l.* INTO turned, fewest, added, never FROM own_lacking(o) l;
    RETURN;
  END IF;
  SELECT sum(l.turned), sum(l.fewest),
         CASE WHEN NOT bool_or(l.never) THEN sum(l.added) END, bool_or(l.never),
         count(*) FILTER (WHERE l.turned > 0)
    INTO turned, fewest, added, never, agencies
    FROM observations_asked(o.period, NULL, o.indicator, recast) x
   CROSS JOIN LATERAL own_lacking(x) l
   WHERE x.in_population AND x.target_id IS NOT NULL;
END $$;

-- What is lacking until the target, in both readings, and what that is a working day until
-- DEADLINE; nothing a day once that is past.
CREATE FUNCTION lacking_json(turned bigint, fewest bigint, added bigint, never boolean, agencies bigint,
                             deadline date) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  days int := working_days(store_day(), deadline);
BEGIN
  RETURN json_build_object(
    'turned', turned, 'turned_least', CASE WHEN fewest < turned THEN fewest END,
    'turned_per_day', CASE WHEN days > 0 THEN -floor_div(-turned::numeric, days)::bigint END,
    'added', added, 'added_per_day', CASE WHEN days > 0 THEN -floor_div(-added::numeric, days)::bigint END,
    'never', coalesce(never, false), 'agencies', agencies);
END $$;

-- The pace of a flow until the deadline, or the end of the period if that is earlier.
CREATE FUNCTION act_pace(o observation, kind text, deadline date) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT row_to_json(p)
    FROM pace_needed(o.numerator, o.denominator, o.target_numerator, o.target_denominator,
                     lower(period_range(o.period)), period_day(o.period),
                     least(act_pace.deadline, upper(period_range(o.period)) - 1)) p
   WHERE act_pace.kind = 'dossier' AND o.direction <> '<='
     AND (o.agency_id <> 0 OR o.counts IS NULL)   -- each agency has its own
$$;

-- What an agency says of a target in a period.  SPOKEN: the target that applies.
CREATE FUNCTION act_figure(o observation, kind text, most int) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'observation', observation_object(o), 'deadline', t.deadline,
    'days_to_deadline', CASE WHEN t.deadline >= store_day() THEN t.deadline - store_day() END,
    'lacking', (SELECT lacking_json(l.turned, l.fewest, l.added, l.never, l.agencies, t.deadline)
                  FROM figure_lacking(o) l),
    'pace', act_pace(o, act_figure.kind, t.deadline),
    'procedures', (SELECT coalesce(json_agg(row_to_json(p) ORDER BY p.place), '[]')
                     FROM act_procedures(o, most) p),
    'forecast', CASE WHEN o.agency_id IS NOT NULL THEN forecast_model(o, act_figure.kind, t.deadline) END)
    FROM target t WHERE t.target_id = o.target_id
$$;

-- Whose verdict a threshold N / D instead of the target's would change in a period.
CREATE FUNCTION what_if(code text, slug text, n bigint, d bigint)
RETURNS TABLE (agency_id int, agency text, numerator bigint, denominator bigint, before text, after text)
LANGUAGE sql STABLE AS $$
  WITH known AS MATERIALIZED (
    SELECT o.*, i.scope FROM observations(code, wanted => what_if.slug) o JOIN indicator i ON i.slug = o.indicator
     WHERE o.target_id IS NOT NULL AND (o.in_population OR o.agency_id = 0)
  ), judged AS (
    SELECT k.agency_id, k.agency, k.numerator, k.denominator, k.status AS before, k.scope,
           verdict(k.numerator, k.denominator,
                   coalesce(f.possible, k.numerator + k.denominator - k.provided), k.direction,
                   what_if.n, what_if.d, t.deadline, store_today(), period_day(code),
                   s.day, s.n, s.d) AS after
      FROM known k
      JOIN target t ON t.target_id = k.target_id
      LEFT JOIN agency_figures(code, period_day(code), ARRAY[what_if.slug]) f
             ON f.agency_id = k.agency_id AND f.slug = what_if.slug
      LEFT JOIN (SELECT a.target_id, p.agency_id, p.begun AS day, p.n, p.d
                   FROM (SELECT DISTINCT target_id FROM known) a
                   JOIN target v USING (target_id)
                  CROSS JOIN LATERAL path_starts(v.slug, v.deadline, period_day(code), period_day(code)) p
                  WHERE v.deadline >= store_today()) s
             ON s.target_id = t.target_id AND s.agency_id = k.agency_id
  )
  SELECT j.agency_id, j.agency, j.numerator, j.denominator, j.before,
         CASE WHEN j.agency_id = 0 AND j.scope IN ('each_agency', 'each_agency_nation')
              THEN (SELECT verdict_of_all(array_agg(x.after)) FROM judged x WHERE x.agency_id <> 0)
              ELSE j.after END
    FROM judged j
$$;

-- The day on which verdicts are given (judgements()).
CREATE FUNCTION store_today() RETURNS date
LANGUAGE sql STABLE AS $$ SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date $$;

CREATE FUNCTION what_if_model(code text, slug text, n bigint, d bigint) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH w AS MATERIALIZED (SELECT * FROM what_if(code, slug, n, d))
  SELECT json_build_object(
    'target_numerator', n, 'target_denominator', d,
    'target_percent', trim_scale(100 * n::numeric / d)::text,
    'changed', (SELECT coalesce(json_agg(json_build_object(
        'agency', w.agency, 'agency_name_vi', CASE WHEN w.agency_id = 0 THEN 'Cả nước' ELSE a.name_vi END,
        'agency_name_en', CASE WHEN w.agency_id = 0 THEN 'Viet Nam' ELSE coalesce(a.name_en, a.name_vi) END,
        'numerator', w.numerator, 'denominator', w.denominator,
        'percent', round(100 * round_fraction(w.numerator, w.denominator, 4, n, d), 2)::text,
        'before', w.before, 'after', w.after) ORDER BY w.agency COLLATE "C"), '[]')
        FROM w LEFT JOIN agency a ON a.agency_id = w.agency_id WHERE w.before <> w.after),
    'before', (SELECT json_object_agg(s, c) FROM (SELECT before AS s, count(*) AS c FROM w
                WHERE agency_id <> 0 GROUP BY before) x),
    'after', (SELECT json_object_agg(s, c) FROM (SELECT after AS s, count(*) AS c FROM w
               WHERE agency_id <> 0 GROUP BY after) x))
$$;

-- Everything for an agency in a period: its targets, or one.  WRITTEN: a threshold to try.
CREATE FUNCTION act_model(asked text, name text, slug text, written text, most int) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  id int := page_agency_id(coalesce(name, 'VN'), span);
  tried_n bigint;
  tried_d bigint;
BEGIN
  IF slug IS NOT NULL THEN
    PERFORM page_slug(slug);
  END IF;
  IF written IS NOT NULL THEN
    IF slug IS NULL THEN
      RAISE EXCEPTION 'a threshold to try needs an indicator'
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT t.n, t.d INTO tried_n, tried_d FROM threshold_of(written) t;
  END IF;
  RETURN (
    SELECT json_build_object(
      'period', span,
      'period_name', json_build_object('vi', period_name(span, 'vi'), 'en', period_name(span, 'en')),
      'day', period_day(span), 'as_of', store_as_of(), 'sample', store_is_sample(),
      'agency', agency_object(id),
      'targets', (SELECT coalesce(json_agg(act_figure(row(o.*)::observation, i.kind, coalesce(most, 10))
                                           ORDER BY o.ordinal), '[]')
                    FROM observations(span, wanted => slug) o JOIN indicator i ON i.slug = o.indicator
                   WHERE o.agency_id = id AND o.target_id IS NOT NULL
                     AND (o.verified OR slug IS NOT NULL)),
      'what_if', CASE WHEN written IS NOT NULL
                      THEN what_if_model(span, slug, tried_n, tried_d) END));
END $$;
