-- reconcile_months.sql -- a quarter, half year or year beside the sum of its months, each as it
-- was published.

-- The figures of a period as published last or, where it was not, as they are now.
CREATE FUNCTION published_or_now(code text, wanted text[]) RETURNS SETOF observation
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF vintage_at(code, 'infinity') IS NULL THEN
    RETURN QUERY SELECT * FROM live_observations(code, wanted);
  ELSE
    RETURN QUERY SELECT * FROM frozen_observations(vintage_at(code, 'infinity'), wanted);
  END IF;
END $$;

-- The indicators whose months add up: what happened, not what stands on a day.
CREATE FUNCTION adding_up() RETURNS text[]
LANGUAGE sql STABLE AS $$
  SELECT array_agg(i.slug) FROM indicator i
   WHERE i.kind IN ('dossier', 'reduction')
      OR i.kind = 'count' AND i.denominator <> ALL (stock_measures())
$$;

-- Who answers on DAY for a row of the register, apart from itself.
CREATE FUNCTION answers_for(agency_id int, day date) RETURNS SETOF int
LANGUAGE sql STABLE AS $$
  SELECT h.heir_id FROM agency_heir h
   WHERE h.agency_id = answers_for.agency_id AND h.heir_id <> h.agency_id
     AND answers_for.day BETWEEN h.first_day AND h.last_day
$$;

-- The sums of the lines PARTS of some months, for whoever answers on DAY for those who had
-- them; a row that is gone speaks for itself too.
CREATE FUNCTION months_summed(parts observation[], day date)
RETURNS TABLE (agency_id int, indicator text, numerator bigint, denominator bigint)
LANGUAGE sql STABLE AS $$
  WITH part AS (
    SELECT o.agency_id, o.indicator, o.numerator, o.denominator,
           -- what a row that ended within the month did is in the line of who followed it
           o.agency_id <> 0 AND coalesce(a.valid_to, 'infinity') >= period_day(o.period) AS passes_on
      FROM unnest(parts) o LEFT JOIN agency a USING (agency_id)
  )
  SELECT x.agency_id, x.indicator, sum(x.numerator)::bigint, sum(x.denominator)::bigint
    FROM (SELECT p.agency_id, p.indicator, p.numerator, p.denominator FROM part p
          UNION ALL
          SELECT h, p.indicator, p.numerator, p.denominator
            FROM part p CROSS JOIN LATERAL answers_for(p.agency_id, months_summed.day) h
           WHERE p.passes_on) x
   GROUP BY x.agency_id, x.indicator
$$;

-- The figures of CODE that are not the sum of its months, of one agency or indicator or (null)
-- of all.  What was not published is taken as it is now; UNPUBLISHED says which months were
-- not.  CAUSES: what changed since the months (or the whole) were published, as the ledger
-- tells it; `totals` where even now the months do not add up, because the agency told the
-- whole apart from them.
CREATE FUNCTION reconcile_months(code text, name text, slug text)
RETURNS TABLE (agency text, indicator text, numerator bigint, denominator bigint,
               months_numerator bigint, months_denominator bigint, difference_numerator bigint,
               difference_denominator bigint, unpublished text, causes text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  p record;
  wanted text[] := CASE WHEN slug IS NULL THEN adding_up() ELSE ARRAY[page_slug(slug)] END;
  id int := CASE WHEN name IS NOT NULL THEN coalesce(agency_in(name, code), -1) END;
  day date := period_day(code);
  months text[];
  missing text;
  whole observation[];
  parts observation[];
BEGIN
  SELECT * INTO p FROM period_parts(code);
  IF p.kind NOT IN ('quarter', 'half', 'year') THEN
    RAISE EXCEPTION 'months are added up to quarters, half years and years'
      USING ERRCODE = 'invalid_parameter_value';
  ELSIF wanted[1] <> ALL (adding_up()) THEN
    RAISE EXCEPTION '"%" does not add up over months', slug USING ERRCODE = 'invalid_parameter_value';
  ELSIF id = -1 THEN
    RAISE EXCEPTION 'no agency "%" in period %', name, code USING ERRCODE = 'no_data_found';
  END IF;
  months := ARRAY(SELECT period_code(p.nd09, 'month', d::date)
                    FROM generate_series(lower(p.days), upper(p.days) - 1, interval '1 month') d);
  missing := (SELECT string_agg(m, ' ' ORDER BY m) FROM unnest(months) m WHERE vintage_at(m, 'infinity') IS NULL);
  whole := ARRAY(SELECT o FROM published_or_now(code, wanted) o);
  parts := ARRAY(SELECT o FROM unnest(months) m CROSS JOIN LATERAL published_or_now(m, wanted) o);
  IF NOT EXISTS (SELECT FROM months_differ(whole, parts, day, id)) THEN
    RETURN;
  END IF;
  RETURN QUERY
  WITH differing AS MATERIALIZED (SELECT * FROM months_differ(whole, parts, day, id)),
  told AS MATERIALIZED (   -- even now
    SELECT * FROM months_differ(ARRAY(SELECT o FROM live_observations(code, wanted) o),
      ARRAY(SELECT o FROM unnest(months) m CROSS JOIN LATERAL live_observations(m, wanted) o), day, id)
  ), moved AS MATERIALIZED (
    SELECT DISTINCT agency_in(l.agency, l.period) AS agency_id, l.indicator, l.cause
      FROM unnest(months || code) c
     CROSS JOIN LATERAL ledger(c) l
     WHERE vintage_at(c, 'infinity') IS NOT NULL AND l.second IS NULL
       AND (l.old_numerator, l.old_denominator) IS DISTINCT FROM (l.new_numerator, l.new_denominator)
  )
  SELECT d.agency, d.indicator, d.numerator, d.denominator, d.months_numerator, d.months_denominator,
         coalesce(d.numerator, 0) - coalesce(d.months_numerator, 0),
         coalesce(d.denominator, 0) - coalesce(d.months_denominator, 0), missing,
         (SELECT string_agg(c.cause, ', ' ORDER BY c.cause)
            FROM (SELECT m.cause FROM moved m
                   WHERE m.indicator = d.indicator
                     AND (m.agency_id = d.agency_id OR d.agency_id IN (SELECT answers_for(m.agency_id, day)))
                  UNION
                  SELECT 'totals' FROM told t
                   WHERE t.agency_id = d.agency_id AND t.indicator = d.indicator) c)
    FROM differing d
   ORDER BY d.indicator COLLATE "C", d.agency COLLATE "C";
END $$;

-- The lines of WHOLE that are not the sum of PARTS; of agency ID or, where that is null, all.
CREATE FUNCTION months_differ(whole observation[], parts observation[], day date, id int)
RETURNS TABLE (agency_id int, agency text, indicator text, numerator bigint, denominator bigint,
               months_numerator bigint, months_denominator bigint)
LANGUAGE sql STABLE AS $$
  SELECT w.agency_id, w.agency, w.indicator, w.numerator, w.denominator, s.numerator, s.denominator
    FROM unnest(whole) w
    LEFT JOIN months_summed(parts, months_differ.day) s USING (agency_id, indicator)
   WHERE (id IS NULL OR w.agency_id = id)
     AND (coalesce(w.numerator, 0), coalesce(w.denominator, 0))
         <> (coalesce(s.numerator, 0), coalesce(s.denominator, 0))
$$;
