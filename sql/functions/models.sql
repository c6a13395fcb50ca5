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

-- A figure over the last COUNT periods of the same kind (of a year: quarters), oldest
-- first; periods before the store's first day are left out.
-- RECAST: on today's agencies.  KNOWN: what was asked for already, of the periods KNOWN_IN.
CREATE OR REPLACE FUNCTION trend_model(code text, agency_id int, slug text, count int,
                                       recast boolean DEFAULT false, known observation[] DEFAULT '{}',
                                       known_in text[] DEFAULT '{}') RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  newest text := CASE WHEN (period_parts(code)).kind = 'year' THEN code || '-Q4' ELSE code END;
  first date := (SELECT min(r.day) FROM records_start r);
  at text;
  points observation[] := '{}';
BEGIN
  FOR step IN 1 - count .. 0 LOOP
    at := period_shift(newest, step);
    CONTINUE WHEN upper(period_range(at)) <= first OR first IS NULL;
    IF at = ANY (known_in) THEN
      points := points || ARRAY(SELECT k FROM unnest(known) k WHERE k.period = at
                                   AND k.agency_id = agency_id AND k.indicator = slug);
    ELSE
      points := points || ARRAY(SELECT o FROM observations_asked(at, NULL, slug, recast) o
                                 WHERE o.agency_id = agency_id);
    END IF;
  END LOOP;
  RETURN (SELECT coalesce(json_agg(observation_object(points[i]) ORDER BY i), '[]')
            FROM generate_subscripts(points, 1) i);
END $$;

-- What the compliance report is drawn from: the nation's (NAME null or VN), or one
-- agency's.  Null when the agency is unknown or not listed in the period.
CREATE OR REPLACE FUNCTION compliance_model(code text, name text, lang text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  id int := agency_in(coalesce(name, 'VN'), code);
  body json;
BEGIN
  SELECT json_build_object(
    'population', (SELECT count(*) FROM period_range(code) days
                    CROSS JOIN LATERAL roster(lower(days), upper(days), period_day(code)) r
                    WHERE r.in_population),
    'targets', (SELECT coalesce(json_agg(observation_object(o) ORDER BY o.ordinal), '[]')
                  FROM observations(code) o JOIN indicator i ON i.slug = o.indicator
                 WHERE o.agency_id = id AND o.verified AND i.number IS NOT NULL
                   AND (o.target_id IS NOT NULL OR id <> 0)),
    'ranking', (SELECT coalesce(json_agg(json_build_object('group', g.grp,
                    'indicator', 'online-filing', 'rows', g.rows) ORDER BY g.grp), '[]')
                  FROM (SELECT o.ranked_group AS grp,
                               json_agg(observation_object(o)
                                        ORDER BY o.rank, o.agency COLLATE "C") AS rows
                          FROM observations(code, wanted => 'online-filing') o
                         WHERE o.in_population
                           AND (id = 0 OR o.ranked_group = (SELECT CASE WHEN kind = 'province'
                                  THEN 'province' ELSE 'central' END FROM agency a
                                 WHERE a.agency_id = id))
                         GROUP BY o.ranked_group) g),
    'overall', (SELECT coalesce(json_agg(json_build_object('group', g.grp, 'rows', g.rows)
                                         ORDER BY g.grp), '[]')
                  FROM (SELECT r.ranked_group AS grp, json_agg(json_build_object(
                                 'agency', r.agency, 'agency_name_vi', a.name_vi,
                                 'agency_name_en', coalesce(a.name_en, a.name_vi),
                                 'met', r.met, 'judged', r.judged,
                                 'attainment_percent', round(100 * r.attainment, 2)::text,
                                 'rank', r.rank, 'tied', r.tied)
                                 ORDER BY r.rank, r.agency COLLATE "C") AS rows
                          FROM overall_ranking(code) r JOIN agency a USING (agency_id)
                         WHERE id = 0 OR r.ranked_group = (SELECT CASE WHEN kind = 'province'
                                 THEN 'province' ELSE 'central' END FROM agency b
                                WHERE b.agency_id = id)
                         GROUP BY r.ranked_group) g),
    'trend', json_build_array(json_build_object('indicator', 'online-filing',
               'points', trend_model(code, id, 'online-filing', 8))),
    'procedures', (SELECT procedures_json(o)
                     FROM observations(code, wanted => 'online-filing') o
                    WHERE id <> 0 AND o.agency_id = id))
    INTO body;
  RETURN report_model('compliance', code, id, lang, json_joined(body, json_build_object(
    'changes', report_changes(code, id),
    'overdue', report_overdue(period_day(code), id),
    'silent', CASE WHEN id = 0 THEN report_silent(code) ELSE '[]' END,
    'ledger', report_ledger(code, id))));
END $$;

-- What a chart is drawn from (reports/chart.h).  CHART is ranking, trend or targets;
-- NAME is the agency (null or VN: the nation), which a ranking points out and whose
-- group it shows.  Null when the agency is unknown.
CREATE OR REPLACE FUNCTION chart_model(chart text, code text, name text, slug text) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH who AS (
    SELECT w.id, a.label, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en,
           CASE WHEN a.kind IN ('ministry', 'ministerial_agency') THEN 'central'
                ELSE 'province' END AS grp
      FROM (SELECT agency_in(coalesce(name, 'VN'), code) AS id) w
      LEFT JOIN agency a ON a.agency_id = w.id
     WHERE w.id IS NOT NULL
  )
  SELECT json_build_object(
    'chart', chart, 'period', code,
    'period_name', json_build_object('vi', period_name(code, 'vi'), 'en', period_name(code, 'en')),
    'as_of', store_as_of(), 'sample', store_is_sample(), 'group', who.grp, 'focus', who.label,
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
