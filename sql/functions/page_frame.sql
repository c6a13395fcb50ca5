-- page_frame.sql -- what the models of all pages have in common.

-- The years and quarters that have data, in both calendars; those of later years have higher
-- places.
CREATE FUNCTION periods_offered()
RETURNS TABLE (code text, nd09 boolean, kind text, year int, number int, place int)
LANGUAGE plpgsql STABLE AS $$   -- planned once a session
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH data AS (
    SELECT coalesce(min(first), date '2019-01-01') AS first,
           coalesce(max(last), date '2020-12-31') AS last
      FROM (SELECT min(f.day) AS first, max(l.day) AS last   -- two probes of the key an agency
              FROM agency a
             CROSS JOIN LATERAL (SELECT t.day FROM day_total t WHERE t.agency_id = a.agency_id
                                  ORDER BY t.day LIMIT 1) f
             CROSS JOIN LATERAL (SELECT t.day FROM day_total t WHERE t.agency_id = a.agency_id
                                  ORDER BY t.day DESC LIMIT 1) l
            UNION ALL
            SELECT min(first_day), max(end_day) - 1 FROM reported_count) d
  ), years AS (
    SELECT y.year, d.* FROM data d,
           generate_series(extract(year FROM d.first)::int, extract(year FROM d.last)::int) y(year)
  )
  SELECT y.year::text, false, 'year', y.year, 0, y.year * 10 + 5 FROM years y
  UNION ALL
  SELECT y.year || '-Q' || q, false, 'quarter', y.year, q, y.year * 10 + q
    FROM years y, generate_series(1, 4) q
   WHERE make_date(y.year, 3 * q - 2, 1) BETWEEN date_trunc('quarter', y.first) AND y.last
  UNION ALL
  SELECT 'ND09-' || y.year, true, 'year', y.year, 0, y.year * 10 FROM years y;
END $$;

-- The periods a visitor can choose from: those that are offered, the newest first, and the one at
-- hand, whatever it is.
CREATE OR REPLACE FUNCTION period_choices(code text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH choice AS (
    SELECT o.*, NULL::date AS first FROM periods_offered() o
  ), shown AS (
    SELECT * FROM choice
    UNION ALL
    SELECT period_choices.code, p.nd09, p.kind, p.year, p.number, p.year * 10 + 9, lower(p.days)
      FROM period_parts(period_choices.code) p
     WHERE NOT EXISTS (SELECT FROM choice c WHERE c.code = period_choices.code)
  )
  SELECT json_agg(json_build_object('calendar', CASE WHEN nd09 THEN 'nd09' ELSE 'calendar' END,
                                    'periods', periods) ORDER BY nd09)
    FROM (SELECT nd09, json_agg(json_build_object(
                   'code', s.code,
                   -- their parts are at hand: no name is taken apart again
                   'name_vi', period_words(nd09, kind, year, number, s.first, 'vi'),
                   'name_en', period_words(nd09, kind, year, number, s.first, 'en'),
                   'selected', s.code = period_choices.code) ORDER BY place DESC) AS periods
            FROM shown s GROUP BY nd09) g);
END $$;

CREATE OR REPLACE FUNCTION page_frame(code text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'period_name', json_build_object('vi', period_name(code, 'vi'), 'en', period_name(code, 'en')),
    'first_day', lower(days), 'last_day', upper(days) - 1, 'day', period_day(code),
    'open', upper(days) - 1 > period_day(code), 'ahead', lower(days) > period_day(code),
    'as_of', store_as_of(), 'sample', store_is_sample(), 'maturity', m.maturity,
    'restated', m.maturity = 'restated',
    'vintage', pinned_vintage(code),
    'groups', period_choices(code), 'audit', audit_newest())
    FROM period_range(code) days, period_maturity(code) m(maturity));
END $$;

-- Of a period's figures those of one agency (0: the nation) and those by one indicator, null:
-- none.  What is remembered is looked up by its keys, and the rest computed: a page shows one
-- period whole, and of those before it some lines.
CREATE FUNCTION observations_part(code text, id int, slug text, recast boolean DEFAULT false)
RETURNS SETOF observation
LANGUAGE plpgsql STABLE AS $$
DECLARE
  fresh text[] := CASE WHEN pinned() IS NULL AND NOT recast THEN forgotten(code, NULL) END;
BEGIN
  IF fresh IS NULL THEN
    RETURN QUERY SELECT o.* FROM observations_asked(code, NULL, NULL, recast) o
                  WHERE o.agency_id = id OR o.indicator = slug;
    RETURN;
  END IF;
  RETURN QUERY
  SELECT r.* FROM remembered r
   WHERE r.agency_id = id AND r.period = code AND r.indicator <> ALL (fresh)
  UNION ALL
  SELECT r.* FROM remembered r
   WHERE r.period = code AND r.indicator COLLATE "C" = slug AND r.agency_id IS DISTINCT FROM id
     AND r.indicator <> ALL (fresh);
  IF fresh <> '{}' THEN
    RETURN QUERY SELECT o.* FROM observations_now(code, fresh) o WHERE o.agency_id = id OR o.indicator = slug;
  END IF;
END $$;

-- The verified figures of a period.  What is remembered is gathered where it lies, without
-- being copied on its way.
CREATE FUNCTION figures_of(code text, recast boolean DEFAULT false) RETURNS observation[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  fresh text[] := CASE WHEN pinned() IS NULL AND NOT recast THEN forgotten(code, NULL) END;
BEGIN
  IF fresh IS NULL THEN
    RETURN ARRAY(SELECT o FROM observations_asked(code, NULL, NULL, recast) o WHERE o.verified);
  ELSIF fresh = '{}' THEN
    RETURN ARRAY(SELECT r::observation FROM remembered r WHERE r.period = code AND r.verified
                  ORDER BY r.indicator COLLATE "C", r.agency COLLATE "C");
  END IF;
  RETURN ARRAY(
    SELECT x.o FROM (
      SELECT r::observation AS o, r.indicator, r.agency FROM remembered r
       WHERE r.period = code AND r.verified AND r.indicator <> ALL (fresh)
      UNION ALL
      SELECT n, n.indicator, n.agency FROM observations_now(code, fresh) n WHERE n.verified) x
     ORDER BY x.indicator COLLATE "C", x.agency COLLATE "C");
END $$;

-- One figure; no row where there is none.
CREATE FUNCTION observation_of(code text, id int, slug text, recast boolean DEFAULT false)
RETURNS SETOF observation
LANGUAGE plpgsql STABLE AS $$
DECLARE
  fresh text[] := CASE WHEN pinned() IS NULL AND NOT recast THEN forgotten(code, slug) END;
BEGIN
  IF fresh IS NULL THEN
    RETURN QUERY SELECT o.* FROM observations_asked(code, NULL, slug, recast) o WHERE o.agency_id = id;
  ELSIF fresh = '{}' THEN
    RETURN QUERY SELECT r.* FROM remembered r
                  WHERE r.agency_id = id AND r.period = code AND r.indicator = slug;
  ELSE
    RETURN QUERY SELECT o.* FROM observations_now(code, fresh) o WHERE o.agency_id = id;
  END IF;
END $$;

-- A figure in a crowded table: the same words as observation_object(), fewer.
CREATE OR REPLACE FUNCTION observation_cell(o observation) RETURNS json
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN json_build_object(
    'indicator', o.indicator, 'agency', o.agency, 'numerator', o.numerator,
    'denominator', o.denominator, 'value', o.value, 'percent', o.percent,
    'target', o.target, 'status', o.status, 'rank', o.rank, 'tied', o.tied,
    'coverage_percent', o.coverage_percent, 'covered', o.coverage = '1.000000',
    'recast', o.recast);
END $$;

-- The period that a page speaks of when none is asked for.  What is none is refused as it was
-- typed, with what to ask for instead (`periods:`, web/site.c).  Pages look back: from the first
-- years that have a name at periods that have none.
CREATE OR REPLACE FUNCTION page_period(code text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  asked text := coalesce(code, default_period());
BEGIN
  IF lower(period_range(asked)) < date '1910-01-01' THEN
    RAISE invalid_parameter_value;
  END IF;
  RETURN asked;
EXCEPTION WHEN invalid_parameter_value THEN
  RAISE EXCEPTION 'not a period: "%"', asked
    USING ERRCODE = 'invalid_parameter_value',
          DETAIL = (SELECT format('data from %s to %s', min(o.year), max(o.year)) FROM periods_offered() o),
          -- the newest quarter with data, and what pages show of themselves
          HINT = (SELECT 'periods: ' || string_agg(DISTINCT p.code, ', ')
                    FROM (SELECT default_period() AS code
                          UNION ALL
                          (SELECT o.code FROM periods_offered() o WHERE o.kind = 'quarter' AND NOT o.nd09
                            ORDER BY o.place DESC LIMIT 1)) p);
END $$;

-- The register's row that NAME means in a period; an unknown one is not found.
CREATE OR REPLACE FUNCTION page_agency_id(name text, code text) RETURNS int
LANGUAGE plpgsql STABLE AS $$
DECLARE
  id int := agency_in(name, code);
BEGIN
  IF id IS NULL THEN
    RAISE EXCEPTION 'no agency "%" in period %', name, code USING ERRCODE = 'no_data_found';
  END IF;
  RETURN id;
END $$;

CREATE OR REPLACE FUNCTION page_slug(slug text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM indicator i WHERE i.slug = page_slug.slug) THEN
    RAISE EXCEPTION 'no indicator "%"', slug USING ERRCODE = 'no_data_found';
  END IF;
  RETURN slug;
END $$;

-- An indicator that agencies have figures by; places among countries are the nation's alone.
CREATE FUNCTION page_slug_of_agencies(slug text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF EXISTS (SELECT FROM indicator i WHERE i.slug = page_slug(page_slug_of_agencies.slug) AND i.kind = 'survey') THEN
    RAISE EXCEPTION 'no agency has a figure by "%": it is of the nation', slug USING ERRCODE = 'no_data_found';
  END IF;
  RETURN slug;
END $$;

CREATE OR REPLACE FUNCTION page_group(grp text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  grp := coalesce(grp, 'province');
  IF grp NOT IN ('central', 'province') THEN
    RAISE EXCEPTION 'no group "%"; there are central and province', grp
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN grp;
END $$;

-- What a trend is drawn from: one figure over the last periods; null where there is
-- only one of them.
CREATE OR REPLACE FUNCTION trend_chart(code text, id int, slug text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'period_name', json_build_object('vi', period_name(code, 'vi'), 'en', period_name(code, 'en')),
    'as_of', store_as_of(), 'sample', store_is_sample(), 'agency', agency_object(id),
    'width', 620, 'points', t.points)
    FROM trend_model(code, id, slug, 8) AS t(points)
   WHERE json_array_length(t.points) > 1);
END $$;
