-- models.sql -- the JSON models that several outputs share.

-- The figures of a period as kpi --format json, the API and the pages give them.
-- NAME and SLUG restrict to one agency or indicator; null: all.
-- RECAST: on today's agencies, computed (recast.sql).  JSON as text, which nobody within the
-- database reads again: a year has two megabytes.
CREATE OR REPLACE FUNCTION observations_model(code text, name text, slug text, unverified boolean,
                                              as_of timestamptz DEFAULT NULL,
                                              recast boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql STABLE AS $$   -- planned once a session
#variable_conflict use_variable
DECLARE
  days daterange := period_range(code);
  id int := CASE WHEN name IS NOT NULL THEN coalesce(agency_asked(name, code, recast), -1) END;
BEGIN
  RETURN concat(left(json_build_object(
    'period', code, 'first_day', lower(days), 'last_day', upper(days) - 1,
    'as_of', store_as_of(), 'sample', store_is_sample(), 'vintage', pinned_vintage(code),
    'recast', recast_label(recast),
    -- One indicator of one agency is shown with its other readings.
    'variants', CASE WHEN name IS NOT NULL AND slug IS NOT NULL AND as_of IS NULL AND pinned() IS NULL AND NOT recast THEN (
      SELECT variants_json(o) FROM observations(code, as_of, slug) o
       WHERE o.agency_id = agency_in(name, code)) END)::text, -1),
    ', "observations": [', (
      SELECT string_agg(w.object, ', ' ORDER BY w.indicator COLLATE "C", w.agency COLLATE "C")
        FROM observation_objects(code, as_of, slug, recast) w
       WHERE (w.verified OR unverified) AND (id IS NULL OR w.agency_id = id)), ']}');
END $$;

-- The first day of which anything that is counted over time was told: records or totals; of a
-- store without either, since when it is known how things stand.
CREATE FUNCTION first_told() RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce(least((SELECT min(r.day) FROM records_start r),
                        (SELECT min(c.first_day) FROM reported_count c)),
                  least((SELECT min(s.valid_from) FROM service s), (SELECT min(f.valid_from) FROM fact f)));
END $$;

-- The last COUNT periods of the kind of CODE (of a year: quarters), oldest first; those
-- before the store's first day are left out.
CREATE FUNCTION trend_periods(code text, count int) RETURNS TABLE (step int, period text)
LANGUAGE sql STABLE AS $$
  SELECT s.step, p.period
    FROM period_parts(code) k
   CROSS JOIN generate_series(1 - count, 0) s(step)
   CROSS JOIN LATERAL period_shift(CASE WHEN k.kind = 'year' THEN code || '-Q4' ELSE code END, s.step) p(period)
   WHERE upper(period_range(p.period)) > (SELECT first_told())
   ORDER BY s.step
$$;

-- A figure over its trend_periods().
-- RECAST: on today's agencies.  KNOWN: what was asked for already, of the periods KNOWN_IN.
CREATE OR REPLACE FUNCTION trend_model(code text, agency_id int, slug text, count int,
                                       recast boolean DEFAULT false, known observation[] DEFAULT '{}',
                                       known_in text[] DEFAULT '{}') RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  at text;
  points observation[] := '{}';
BEGIN
  FOR at IN SELECT t.period FROM trend_periods(code, count) t ORDER BY t.step LOOP
    IF at = ANY (known_in) THEN
      points := points || ARRAY(SELECT k FROM unnest(known) k WHERE k.period = at
                                   AND k.agency_id = agency_id AND k.indicator = slug);
    ELSE
      points := points || ARRAY(SELECT o FROM observation_of(at, agency_id, slug, recast) o);
    END IF;
  END LOOP;
  RETURN (SELECT coalesce(json_agg(observation_object(points[i]) ORDER BY i), '[]')
            FROM generate_subscripts(points, 1) i);
END $$;

-- The same of several agencies at once; each period is computed once for all of them.
CREATE FUNCTION trend_models(code text, ids int[], slug text, count int)
RETURNS TABLE (agency_id int, points json)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT w.id, coalesce(json_agg(observation_object(p.o) ORDER BY p.step)
                          FILTER (WHERE p.step IS NOT NULL), '[]')
    FROM unnest(ids) w(id)
    LEFT JOIN (SELECT t.step, o
                 FROM trend_periods(code, trend_models.count) t
                CROSS JOIN LATERAL observations(t.period, wanted => slug) o) p ON (p.o).agency_id = w.id
   GROUP BY w.id;
END $$;

-- What the compliance reports of IDS are drawn from, 0 being the nation.  What all of them
-- show, and each period, is computed once: a burst is as dear as four single reports.
CREATE FUNCTION compliance_bodies(code text, ids int[])
RETURNS TABLE (agency_id int, body json)
LANGUAGE plpgsql STABLE AS $$   -- planned once a session
#variable_conflict use_column
DECLARE
  now observation[] := ARRAY(SELECT o FROM observations(code) o);
BEGIN
  RETURN QUERY
  WITH who AS MATERIALIZED (
    SELECT w.id, CASE WHEN a.kind = 'province' THEN 'province' ELSE 'central' END AS grp
      FROM unnest(ids) w(id) JOIN agency a ON a.agency_id = w.id
    UNION ALL SELECT 0, NULL WHERE 0 = ANY (ids)
  ), figure AS MATERIALIZED (
    SELECT o, i.number FROM unnest(now) o JOIN indicator i ON i.slug = o.indicator
     WHERE o.agency_id = ANY (ids) OR o.indicator = 'online-filing'
  ), ranking AS MATERIALIZED (
    SELECT (f.o).ranked_group AS grp,
           json_agg(observation_object(f.o) ORDER BY (f.o).rank, (f.o).agency COLLATE "C") AS rows
      FROM figure f WHERE (f.o).indicator = 'online-filing' AND (f.o).in_population
     GROUP BY (f.o).ranked_group
  ), overall AS MATERIALIZED (
    SELECT r.ranked_group AS grp, json_agg(json_build_object(
             'agency', r.agency, 'agency_name_vi', a.name_vi,
             'agency_name_en', coalesce(a.name_en, a.name_vi),
             'met', r.met, 'judged', r.judged,
             'attainment_percent', round(100 * r.attainment, 2)::text,
             'rank', r.rank, 'tied', r.tied)
             ORDER BY r.rank, r.agency COLLATE "C") AS rows
      FROM overall_ranking(code, recast_chosen(), now) r JOIN agency a USING (agency_id)
     GROUP BY r.ranked_group
  ), target AS MATERIALIZED (
    SELECT (f.o).agency_id AS id, json_agg(observation_object(f.o) ORDER BY (f.o).ordinal) AS rows
      FROM figure f
     WHERE (f.o).agency_id = ANY (ids) AND (f.o).verified AND f.number IS NOT NULL
       AND ((f.o).target_id IS NOT NULL OR (f.o).agency_id <> 0)
     GROUP BY (f.o).agency_id
  ), whole AS MATERIALIZED (
    SELECT count(*) AS population FROM report_roster(code) r WHERE r.in_population
  )
  SELECT w.id, json_joined(json_build_object(
    'population', n.population,
    'targets', coalesce(t.rows, '[]'),
    'ranking', (SELECT coalesce(json_agg(json_build_object('group', g.grp,
                    'indicator', 'online-filing', 'rows', g.rows) ORDER BY g.grp), '[]')
                  FROM ranking g WHERE w.id = 0 OR g.grp = w.grp),
    'overall', (SELECT coalesce(json_agg(json_build_object('group', g.grp, 'rows', g.rows)
                                         ORDER BY g.grp), '[]')
                  FROM overall g WHERE w.id = 0 OR g.grp = w.grp),
    'trend', json_build_array(json_build_object('indicator', 'online-filing', 'points', d.points)),
    'procedures', (SELECT procedures_json(f.o, recast_chosen()) FROM figure f
                    WHERE w.id <> 0 AND (f.o).agency_id = w.id AND (f.o).indicator = 'online-filing')),
    json_build_object('changes', coalesce(c.changes, '[]'), 'overdue', coalesce(o.overdue, '[]'),
      'silent', CASE WHEN w.id = 0 THEN report_silent(code) ELSE '[]' END,
      'ledger', coalesce(l.ledger, '[]')))
    FROM who w
   CROSS JOIN whole n
    JOIN trend_models(code, ids, 'online-filing', 8) d ON d.agency_id = w.id
    LEFT JOIN target t ON t.id = w.id
    LEFT JOIN report_changes(code, ids, now) c ON c.agency_id = w.id
    LEFT JOIN report_overdue(period_day(code), ids) o ON o.agency_id = w.id
    LEFT JOIN report_ledger(code, ids) l ON l.agency_id = w.id;
END $$;

-- The compliance report of the nation (NAME null or VN), or of one agency.  Null when the
-- agency is unknown or not listed in the period.
CREATE FUNCTION compliance_model(code text, name text, lang text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT report_model('compliance', code, b.agency_id, lang, b.body)
    FROM report_agency(name, code) id
   CROSS JOIN LATERAL compliance_bodies(code, ARRAY[id]) b WHERE id IS NOT NULL
$$;

-- Of those of IDS that are listed in the period, in each of the languages.
CREATE FUNCTION compliance_models(code text, ids int[], langs text[])
RETURNS TABLE (agency_id int, lang text, model json)
LANGUAGE sql STABLE AS $$
  WITH period AS MATERIALIZED (SELECT period_maturity(compliance_models.code) AS maturity)
  SELECT b.agency_id, l.lang,
         report_model('compliance', compliance_models.code, b.agency_id, l.lang, b.body, p.maturity)
    FROM period p
   CROSS JOIN compliance_bodies(compliance_models.code, ids) b
   CROSS JOIN unnest(langs) l(lang)
$$;

-- What a chart is drawn from (reports/chart.h).  CHART is ranking, trend or targets;
-- NAME is the agency (null or VN: the nation), which a ranking points out and whose
-- group it shows.  Null when the agency is unknown.
CREATE OR REPLACE FUNCTION chart_model(chart text, code text, name text, slug text) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH who AS (
    SELECT w.id, a.label, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en,
           CASE WHEN a.kind IN ('ministry', 'ministerial_agency') THEN 'central'
                ELSE 'province' END AS grp
      FROM (SELECT report_agency(name, code) AS id) w
      LEFT JOIN agency a ON a.agency_id = w.id
     WHERE w.id IS NOT NULL
  )
  SELECT json_build_object(
    'chart', chart, 'period', code,
    'period_name', json_build_object('vi', period_name(code, 'vi'), 'en', period_name(code, 'en')),
    'as_of', store_as_of(), 'sample', store_is_sample(), 'recast', recast_label(recast_chosen()),
    'group', who.grp, 'focus', who.label,
    'agency', CASE WHEN who.id <> 0 THEN json_build_object('code', who.label,
                     'name_vi', who.name_vi, 'name_en', who.name_en) END,
    'rows', CASE WHEN chart = 'ranking' THEN
      (SELECT json_agg(observation_object(o) ORDER BY o.rank, o.agency COLLATE "C")
         FROM observations(code, wanted => slug) o
        WHERE o.in_population AND o.ranked_group = who.grp) END,
    'points', CASE WHEN chart = 'trend' THEN trend_model(code, who.id, slug, 8) END,
    'targets', CASE WHEN chart = 'targets' THEN
      (SELECT json_agg(observation_object(o) ORDER BY o.ordinal)
         FROM observations(code) o
        WHERE o.agency_id = who.id AND o.verified AND o.target_id IS NOT NULL) END)
    FROM who
$$;
