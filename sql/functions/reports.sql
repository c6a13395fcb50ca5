-- reports.sql -- the models of the official reports beside the compliance report (models.sql):
-- each is a head that all share, and what the report is about.

-- BODY with the head of a report: what it is of, as of when, and the code that is printed.
-- The code is a digest of the body: the same figures print the same code.  MATURITY is that of
-- the period, which is dear to ask where it was published: of many reports it is asked once.
CREATE FUNCTION report_model(report text, code text, id int, lang text, body json, maturity text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_joined(json_build_object(
      'report', report, 'lang', lang, 'period', code,
      'period_name', json_build_object('vi', period_name(code, 'vi'), 'en', period_name(code, 'en')),
      'first_day', lower(days), 'last_day', upper(days) - 1, 'day', period_day(code),
      'as_of', store_as_of(), 'sample', store_is_sample(), 'maturity', maturity,
      'vintage', pinned_vintage(code), 'recast', recast_label(recast_chosen()),
      'verification', upper(substr(digest, 1, 4) || '-' || substr(digest, 5, 4) || '-'
                            || substr(digest, 9, 4)),
      'agency', (SELECT json_build_object('code', a.label, 'name_vi', a.name_vi,
                   'name_en', coalesce(a.name_en, a.name_vi), 'kind', a.kind)
                   FROM agency a WHERE a.agency_id = id)), body)
    FROM period_range(code) days,
         encode(sha256(convert_to(report || code || id || store_as_of() || body::text, 'UTF8')), 'hex') digest
   WHERE id IS NOT NULL
$$;

CREATE FUNCTION report_model(report text, code text, id int, lang text, body json) RETURNS json
LANGUAGE sql STABLE AS $$ SELECT report_model(report, code, id, lang, body, period_maturity(code)) $$;

-- What IDS had of their targets in another period: a row an agency and indicator.
CREATE FUNCTION figures_then(code text, ids int[])
RETURNS TABLE (agency_id int, indicator text, period text, percent text, status text)
LANGUAGE sql STABLE AS $$
  SELECT o.agency_id, o.indicator, o.period, o.percent::text, o.status
    FROM observations(code) o
   WHERE o.agency_id = ANY (ids) AND o.verified
     AND upper(period_range(code)) > (SELECT first_told())
$$;

-- Each target beside the period before and the same period of the year before.  The
-- difference is of the printed percentages, so that a reader can take it: percentage points.
-- FIGURES are the observations of CODE.  A row an agency of which there is something to say.
CREATE FUNCTION report_changes(code text, ids int[], figures observation[])
RETURNS TABLE (agency_id int, changes json)
LANGUAGE sql STABLE AS $$
  WITH now AS MATERIALIZED (
    SELECT o.* FROM unnest(figures) o
     WHERE o.agency_id = ANY (ids) AND o.verified AND o.target_id IS NOT NULL AND o.percent IS NOT NULL
  ), before AS MATERIALIZED (SELECT * FROM figures_then(period_shift(code, -1), ids)),
  year AS MATERIALIZED (
    SELECT f.* FROM period_parts(code) p
     CROSS JOIN LATERAL figures_then(CASE WHEN p.kind <> 'year' THEN
       period_shift(code, CASE p.kind WHEN 'half' THEN -2 WHEN 'quarter' THEN -4 WHEN 'month' THEN -12 END)
       END, ids) f
     WHERE p.kind IN ('half', 'quarter', 'month')
  )
  SELECT n.agency_id, json_agg(json_build_object(
      'indicator', n.indicator, 'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en,
      'number', i.number, 'percent', n.percent, 'status', n.status,
      'before_period', b.period, 'before_percent', b.percent, 'before_status', b.status,
      'points', (n.percent::numeric - b.percent::numeric)::text,
      'year_period', y.period, 'year_percent', y.percent,
      'year_points', (n.percent::numeric - y.percent::numeric)::text) ORDER BY n.ordinal)
    FROM now n JOIN indicator i ON i.slug = n.indicator
    LEFT JOIN before b USING (agency_id, indicator)
    LEFT JOIN year y USING (agency_id, indicator)
   WHERE b.percent IS NOT NULL OR y.percent IS NOT NULL
   GROUP BY n.agency_id
$$;

-- The rows of a group with their ranks of the period before; no moves where the group has
-- changed since: a place among 34 is no place among 63.
CREATE FUNCTION report_ranking(code text, slug text, grp text) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH now AS MATERIALIZED (
    SELECT o.* FROM observations(report_ranking.code, wanted => slug) o
     WHERE o.in_population AND o.ranked_group = grp
  ), before AS MATERIALIZED (
    SELECT o.* FROM observations(period_shift(report_ranking.code, -1), wanted => slug) o
     WHERE o.in_population AND o.ranked_group = grp
  ), rosters AS (
    SELECT (SELECT array_agg(agency_id ORDER BY agency_id) FROM now)
           = (SELECT array_agg(agency_id ORDER BY agency_id) FROM before) AS same
  )
  SELECT coalesce(json_agg(json_build_object(
      'period', o.period, 'agency', o.agency, 'agency_name_vi', a.name_vi,
      'agency_name_en', coalesce(a.name_en, a.name_vi), 'indicator', o.indicator,
      'numerator', o.numerator, 'denominator', o.denominator, 'value', o.value,
      'percent', o.percent, 'status', o.status, 'rank', o.rank, 'tied', o.tied,
      'unranked_reason', o.unranked_reason, 'dispute', d.dispute,
      'before_rank', CASE WHEN r.same THEN b.rank END, 'before_percent', b.percent,
      'move', CASE WHEN r.same THEN b.rank - o.rank END,
      'points', (o.percent::numeric - b.percent::numeric)::text)
      ORDER BY o.rank, o.agency COLLATE "C"), '[]')
    FROM now o
   CROSS JOIN rosters r
    JOIN agency a USING (agency_id)
    LEFT JOIN before b USING (agency_id)
    LEFT JOIN period_disputes(report_ranking.code) d ON d.agency_id = o.agency_id AND d.indicator = slug
$$;

-- Dated tasks that are overdue on DAY, the longest first: a row for each of IDS that has any;
-- 0 is for all.  What each of many agencies owes is one line.
CREATE FUNCTION report_overdue(on_day date, ids int[]) RETURNS TABLE (agency_id int, overdue json)
LANGUAGE sql STABLE AS $$
  SELECT o.id, json_agg(json_build_object('task', o.task, 'task_name_vi', t.name_vi,
      'task_name_en', coalesce(t.name_en, t.name_vi), 'agencies', o.agencies,
      'agency_name_vi', CASE WHEN o.agencies > 1 THEN o.agencies || ' cơ quan'
                             ELSE coalesce(a.name_vi, 'Chính phủ') END,
      'agency_name_en', CASE WHEN o.agencies > 1 THEN o.agencies || ' agencies'
                             ELSE coalesce(a.name_en, a.name_vi, 'The Government') END,
      'due', o.due, 'days', o.days) ORDER BY o.days DESC, o.task COLLATE "C")
    FROM (SELECT w.id, m.task, m.due, max(m.days) AS days, count(DISTINCT m.heir_id) AS agencies,
                 min(m.agency_id) AS agency_id
            FROM milestones(on_day) m
            JOIN unnest(ids) w(id) ON w.id = 0 OR w.id IN (m.agency_id, m.heir_id)
           WHERE m.status = 'overdue' AND m.verified
           GROUP BY w.id, m.task, m.due) o
    JOIN task t USING (task)
    LEFT JOIN agency a ON a.agency_id = o.agency_id AND o.agency_id <> 0
   GROUP BY o.id
$$;

-- Agencies that had to report and did not: without any value among the targets of each agency.
CREATE FUNCTION report_silent(code text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT coalesce(json_agg(json_build_object('agency', s.agency, 'agency_name_vi', a.name_vi,
      'agency_name_en', coalesce(a.name_en, a.name_vi), 'group', s.grp)
      ORDER BY s.grp, s.agency COLLATE "C"), '[]')
    FROM (SELECT o.agency_id, o.agency, min(o.ranked_group) AS grp
            FROM observations(code) o
           WHERE o.agency_id <> 0 AND o.in_population AND o.verified AND o.target_id IS NOT NULL
           GROUP BY o.agency_id, o.agency
          HAVING bool_and(o.status = 'no_data')) s
    JOIN agency a USING (agency_id)
$$;

-- The ledger of a period: what has changed since it was published, a line a figure and cause;
-- a row for each of IDS that has any, 0 is for all.
CREATE FUNCTION report_ledger(code text, ids int[]) RETURNS TABLE (agency_id int, ledger json)
LANGUAGE sql STABLE AS $$
  WITH line AS MATERIALIZED (   -- once, however many ask
    SELECT l.*, agency_in(l.agency, report_ledger.code) AS whose FROM ledger(report_ledger.code) l
     WHERE NOT recast_chosen()   -- what was published was published on the agencies of then
  )
  SELECT w.id, json_agg(json_build_object('agency', l.agency, 'agency_name_vi', coalesce(a.name_vi, 'Cả nước'),
      'agency_name_en', coalesce(a.name_en, a.name_vi, 'Viet Nam'),
      'indicator', l.indicator, 'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en,
      'old_numerator', l.old_numerator, 'old_denominator', l.old_denominator,
      'new_numerator', l.new_numerator, 'new_denominator', l.new_denominator,
      'cause', l.cause, 'batch', l.batch, 'from', l.first, 'to', l.second)
      ORDER BY l.place, l.line)
    FROM line l
    JOIN unnest(ids) w(id) ON w.id = 0 OR w.id = l.whose
    JOIN indicator i ON i.slug = l.indicator
    LEFT JOIN agency a ON a.agency_id = l.whose AND a.agency_id <> 0
   GROUP BY w.id
$$;

CREATE FUNCTION report_vintages(code text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT coalesce(json_agg(json_build_object('vintage', v.vintage, 'published_at', v.published_at,
      'published_by', v.published_by, 'accepted_by', v.accepted_by, 'state', v.state,
      'sha256', v.sha256, 'observations', v.observations) ORDER BY v.published_at), '[]')
    FROM vintage_list(code) v
   WHERE pinned() IS NULL OR v.published_at <= pinned()
$$;

-- ---------------------------------------------------------------- the reports

-- With an agency: of its own group.
CREATE FUNCTION ranking_report(code text, name text, lang text, slug text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT report_model('ranking', code, w.id, lang, json_build_object('targets', '[]'::json,
    'indicator', (SELECT json_build_object('slug', i.slug, 'name_vi', i.name_vi, 'name_en', i.name_en,
                    'number', i.number, 'unit_vi', i.unit_vi, 'unit_en', i.unit_en)
                    FROM indicator i WHERE i.slug = ranking_report.slug),
    'before_period', period_shift(code, -1),
    'before_name', json_build_object('vi', period_name(period_shift(code, -1), 'vi'),
                                     'en', period_name(period_shift(code, -1), 'en')),
    'rule', (SELECT row_to_json(u) FROM rank_rule_in_force u WHERE u.slug = ranking_report.slug),
    'population', population_of(code, slug, CASE WHEN recast_chosen() THEN recast_day() END),
    'groups', (SELECT json_agg(json_build_object('group', g.grp, 'indicator', slug,
                        'rows', report_ranking(code, slug, g.grp)) ORDER BY g.grp)
                 FROM (VALUES ('central'), ('province')) g (grp)
                WHERE w.id = 0 OR g.grp = (SELECT CASE kind WHEN 'province' THEN 'province' ELSE 'central' END
                                             FROM agency a WHERE a.agency_id = w.id))))
    FROM (SELECT report_agency(name, ranking_report.code) AS id) w WHERE w.id IS NOT NULL
$$;

CREATE FUNCTION indicator_report(code text, name text, lang text, slug text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT report_model('indicator', code, 0, lang, json_build_object(
    'indicator', (SELECT json_build_object('slug', i.slug, 'name_vi', i.name_vi, 'name_en', i.name_en,
                    'number', i.number, 'definition_vi', d.definition_vi, 'definition_en', d.definition_en,
                    'numerator', i.numerator, 'denominator', i.denominator, 'version', o.version,
                    'unit_vi', i.unit_vi, 'unit_en', i.unit_en, 'scope', i.scope)
                    FROM definition d WHERE d.slug = o.indicator AND d.version = o.version),
    'target', (SELECT json_build_object('target_id', t.target_id, 'name_vi', t.name_vi,
                 'name_en', t.name_en, 'deadline', t.deadline, 'clause_vi', t.clause_vi,
                 'clause_en', t.clause_en, 'source', t.source)
                 FROM target t WHERE t.target_id = o.target_id),
    'targets', json_build_array(observation_object(o)),
    'population', population_object(o.population_id, o.population),
    'variants', CASE WHEN pinned() IS NULL THEN variants_json(o) ELSE '[]' END,
    'comparators', comparators_json(o),
    'trend', json_build_array(json_build_object('indicator', slug, 'points', trend_model(code, 0, slug, 8))),
    'ranking', CASE WHEN i.scope IN ('each_agency', 'each_agency_nation', 'nation_each_agency', 'nation_information')
      THEN (SELECT coalesce(json_agg(json_build_object('group', g.grp, 'indicator', slug, 'rows', g.rows)
                                     ORDER BY g.grp), '[]')
              FROM (SELECT p.ranked_group AS grp, json_agg(observation_object(p)
                             ORDER BY p.rank, p.agency COLLATE "C") AS rows
                      FROM observations(code, wanted => slug) p
                     WHERE p.in_population GROUP BY p.ranked_group) g) ELSE '[]' END))
    FROM observations(code, wanted => slug) o JOIN indicator i ON i.slug = o.indicator
   WHERE o.agency_id = 0 AND (name IS NULL OR name = 'VN')
$$;

CREATE FUNCTION restatement_report(code text, name text, lang text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT report_model('restatement', code, w.id, lang, json_build_object('targets', '[]'::json,
           'vintages', report_vintages(code),
           'ledger', coalesce((SELECT l.ledger FROM report_ledger(code, ARRAY[w.id]) l), '[]')))
    FROM (SELECT agency_in(coalesce(name, 'VN'), code) AS id) w WHERE w.id IS NOT NULL
$$;

-- One figure with all that stands behind it.
CREATE FUNCTION evidence_report(code text, name text, lang text, slug text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT report_model('evidence', code, w.id, lang, json_build_object(
           'targets', json_build_array(e.found -> 'observation'),
           'explain', e.found,
           'vintages', report_vintages(code),
           'history', (SELECT coalesce(json_agg(json_build_object('vintage', v.vintage_id,
                          'published_at', v.published_at, 'numerator', f.line ->> 'numerator',
                          'denominator', f.line ->> 'denominator', 'percent', f.line ->> 'percent',
                          'status', f.line ->> 'status') ORDER BY v.published_at), '[]')
                         FROM vintage v JOIN vintage_observation f USING (vintage_id)
                        WHERE v.period = code AND f.agency_id = w.id AND f.indicator = slug),
           'disputes', (SELECT coalesce(json_agg(json_build_object('dispute', d.dispute_id,
                          'statement', d.statement, 'opened_at', d.opened_at, 'closed_at', d.closed_at,
                          'outcome', coalesce(d.outcome, 'open'), 'answer', d.answer) ORDER BY d.opened_at), '[]')
                          FROM dispute d WHERE d.period = code AND d.agency_id = w.id AND d.indicator = slug
                           AND (pinned() IS NULL OR d.opened_at <= pinned())),
           'audit', (SELECT row_to_json(r) FROM audit_run r WHERE pinned() IS NULL OR r.ended_at <= pinned()
                       ORDER BY r.ended_at DESC LIMIT 1)))
    FROM (SELECT agency_in(coalesce(name, 'VN'), code) AS id) w
   CROSS JOIN LATERAL (SELECT explain_pinned(code, coalesce(name, 'VN'), slug, true) AS found) e
   WHERE w.id IS NOT NULL AND e.found IS NOT NULL
$$;

-- One page for the minister.
CREATE FUNCTION brief_report(code text, name text, lang text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT report_model('brief', code, w.id, lang, json_build_object(
           'targets', (SELECT coalesce(json_agg(observation_object(o) ORDER BY o.ordinal), '[]')
                         FROM observations(code) o JOIN indicator i ON i.slug = o.indicator
                        WHERE o.agency_id = w.id AND o.verified AND o.target_id IS NOT NULL),
           'ranking', CASE WHEN w.id = 0 THEN (
              SELECT json_agg(json_build_object('group', g.grp, 'indicator', 'online-filing',
                       'rows', report_ranking(code, 'online-filing', g.grp)) ORDER BY g.grp)
                FROM (VALUES ('central'), ('province')) g (grp)) ELSE '[]' END,
           'changes', coalesce((SELECT c.changes FROM report_changes(code, ARRAY[w.id],
                                  ARRAY(SELECT o FROM observations(code) o)) c), '[]'),
           'overdue', coalesce((SELECT o.overdue FROM report_overdue(period_day(code), ARRAY[w.id]) o), '[]'),
           'silent', CASE WHEN w.id = 0 THEN report_silent(code) ELSE '[]' END,
           'ledger', coalesce((SELECT l.ledger FROM report_ledger(code, ARRAY[w.id]) l), '[]')))
    FROM (SELECT report_agency(name, code) AS id) w WHERE w.id IS NOT NULL
$$;

-- ---------------------------------------------------------------- one of them, or many

-- MODEL with what its agency has set for its documents, and the annex of the nation.
CREATE FUNCTION report_dressed(model json, report text, code text, id int, lang text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_joined(model, json_build_object('issuer', letterhead_of(id, lang),
           'annex', CASE WHEN report = 'compliance' AND id = 0 THEN report_annex(code) END))
   WHERE model IS NOT NULL
$$;

-- The model of any report; null: not listed.
CREATE FUNCTION report_of(report text, code text, name text, lang text, slug text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT report_dressed(CASE report
           WHEN 'compliance' THEN compliance_model(code, name, lang)
           WHEN 'ranking' THEN ranking_report(code, name, lang, slug)
           WHEN 'indicator' THEN indicator_report(code, name, lang, slug)
           WHEN 'brief' THEN brief_report(code, name, lang)
           WHEN 'restatement' THEN restatement_report(code, name, lang)
           WHEN 'evidence' THEN evidence_report(code, name, lang, slug)
           WHEN 'form06a' THEN form06a_report(code, name, lang)
         END, report, code, report_agency(name, code), lang)
$$;

-- That of each agency of the period that has one, in each of the languages, in the order of
-- their codes.
CREATE FUNCTION report_of_each(report text, code text, langs text[], slug text)
RETURNS TABLE (agency text, lang text, model json)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  ids int[] := ARRAY(SELECT a.agency_id
                       FROM report_roster(code) l JOIN agency a USING (agency_id)
                      WHERE l.in_population ORDER BY a.label COLLATE "C");
BEGIN
  IF report = 'compliance' THEN
    RETURN QUERY
    SELECT a.label, m.lang, report_dressed(m.model, report, code, a.agency_id, m.lang)
      FROM compliance_models(code, ids, langs) m JOIN agency a ON a.agency_id = m.agency_id
     ORDER BY a.label COLLATE "C", m.lang;
  ELSE
    RETURN QUERY
    SELECT a.label, l.lang, m.model
      FROM unnest(ids) WITH ORDINALITY w(id, at)
      JOIN agency a ON a.agency_id = w.id
     CROSS JOIN unnest(langs) l(lang)
     CROSS JOIN LATERAL report_of(report, code, a.label, l.lang, slug) m(model)
     WHERE m.model IS NOT NULL ORDER BY w.at, l.lang;
  END IF;
END $$;
