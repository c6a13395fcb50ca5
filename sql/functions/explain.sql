-- explain.sql -- one figure, taken apart: definition, numbers, procedures, batches.

-- Settled dossiers with the measures of the rollups, read from the records
-- themselves: for spans that half months do not tile, and to check the rollups with.
CREATE OR REPLACE VIEW settled_dossier AS
SELECT settled_id AS agency_id, agency_id AS holder_id, procedure, resolved_day, dossier, batch_id,
       (channel = 'online')::int AS resolved_online,
       (level4)::int AS level4_online,
       (due_at IS NOT NULL)::int AS due_known,
       coalesce(resolved_at <= due_at, false)::int AS on_time,
       (one_stop IS NOT NULL)::int AS one_stop_known,
       coalesce(one_stop, false)::int AS one_stop,
       (paid_online IS NOT NULL)::int AS paid_known,
       coalesce(paid_online, false)::int AS paid_online,
       (channel = 'online' AND filed_by IS NOT NULL)::int AS filed_by_known,
       coalesce(channel = 'online' AND filed_by IN ('assisted', 'staff'), false)::int AS assisted,
       (satisfaction IS NOT NULL)::int AS scored,
       coalesce(satisfaction >= 4, false)::int AS satisfied
  FROM dossier WHERE status = 'resolved';

-- The rows whose settled dossiers count for AGENCY_ID in a period whose last day is
-- DAY: itself and, while it is in force, all it answers for.
CREATE OR REPLACE FUNCTION members_of(agency_id int, day date) RETURNS SETOF int
LANGUAGE sql STABLE AS $$
  SELECT members_of.agency_id
  UNION
  SELECT h.agency_id FROM agency_heir h
   WHERE h.heir_id = members_of.agency_id AND members_of.day BETWEEN h.first_day AND h.last_day
     AND EXISTS (SELECT FROM agency a WHERE a.agency_id = members_of.agency_id
                    AND a.valid_from <= members_of.day
                    AND coalesce(a.valid_to, 'infinity'::date) >= members_of.day)
$$;

-- Who may hold dossiers that count for MEMBERS: the key of dossier begins with it.
CREATE OR REPLACE FUNCTION holders_of(members int[]) RETURNS int[]
LANGUAGE sql STABLE AS $$
  SELECT array_agg(DISTINCT h.agency_id) FROM agency_heir h WHERE h.heir_id = ANY (members)
$$;

-- A dossier indicator by procedure.
CREATE OR REPLACE FUNCTION procedure_figures(members int[], slug text, first date, stop date)
RETURNS TABLE (procedure text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH tiled AS (
    SELECT extract(day FROM first) IN (1, 15) AND extract(day FROM stop) IN (1, 15) AS yes
  ), source AS (
    SELECT t.procedure, t.resolved, t.resolved_online, t.level4_online, t.due_known, t.on_time,
           t.one_stop_known, t.one_stop, t.paid_known, t.paid_online, t.filed_by_known,
           t.assisted, t.scored, t.satisfied
      FROM procedure_total t
     WHERE (SELECT yes FROM tiled) AND t.agency_id = ANY (members)
       AND t.half_month >= first AND t.half_month < stop
    UNION ALL
    SELECT d.procedure, 1, d.resolved_online, d.level4_online, d.due_known, d.on_time,
           d.one_stop_known, d.one_stop, d.paid_known, d.paid_online, d.filed_by_known,
           d.assisted, d.scored, d.satisfied
      FROM settled_dossier d
     WHERE NOT (SELECT yes FROM tiled) AND d.agency_id = ANY (members)
       AND d.holder_id = ANY (holders_of(members))
       AND d.resolved_day >= first AND d.resolved_day < stop
  ), summed AS (
    SELECT procedure, sum(resolved)::bigint a, sum(resolved_online)::bigint b,
           sum(level4_online)::bigint c, sum(due_known)::bigint d, sum(on_time)::bigint e,
           sum(one_stop_known)::bigint f, sum(one_stop)::bigint g, sum(paid_known)::bigint h,
           sum(paid_online)::bigint i, sum(filed_by_known)::bigint j, sum(assisted)::bigint k,
           sum(scored)::bigint l, sum(satisfied)::bigint m
      FROM source GROUP BY procedure
  )
  SELECT s.procedure, t.numerator, t.denominator, t.provided
    FROM summed s CROSS JOIN LATERAL dossier_terms(a, b, c, d, e, f, g, h, i, j, k, l, m) t
   WHERE t.slug = procedure_figures.slug AND t.denominator > 0;
END $$;

-- A service indicator, service by service, on DAY.
CREATE OR REPLACE FUNCTION service_terms(agency_id int, slug text, day date)
RETURNS TABLE (procedure text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE sql STABLE AS $$
  SELECT s.procedure, t.numerator, t.denominator, t.provided
    FROM services_on(service_terms.day) s
   CROSS JOIN LATERAL (SELECT s.level IN ('3', '4', 'partial', 'full') AS online) o
   CROSS JOIN LATERAL (VALUES
     ('level4-services', true, (s.level IN ('4', 'full'))::int, 1, 1),
     ('help-channel', true, s.help_channel::int, 1, (s.help_channel IS NOT NULL)::int),
     ('npsp-integration', online, s.npsp_integrated::int, 1, (s.npsp_integrated IS NOT NULL)::int),
     ('mobile-signature', online, s.mobile_signature::int, 1, (s.mobile_signature IS NOT NULL)::int),
     ('electronic-dossier', online, s.electronic_dossier::int, 1,
      (s.electronic_dossier IS NOT NULL)::int),
     ('business-registry', online, s.business_registry::int, 1,
      (s.business_registry IS NOT NULL)::int),
     ('form-autofill', online AND s.form_fields IS NOT NULL, s.form_fields_prefilled, s.form_fields,
      CASE WHEN s.form_fields_prefilled IS NULL THEN 0 ELSE s.form_fields END)
   ) AS f(slug, counts, numerator, denominator, provided)
   CROSS JOIN LATERAL (SELECT coalesce(f.numerator, 0)::bigint AS numerator,
                              f.denominator::bigint AS denominator,
                              f.provided::bigint AS provided) t
   WHERE s.agency_id = service_terms.agency_id AND f.slug = service_terms.slug AND f.counts
$$;

-- The last day that a figure of a period speaks of (D of DESIGN 5).
CREATE OR REPLACE FUNCTION period_day(code text) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT least(upper(period_range(code)) - 1,
               (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
$$;

-- The register's row that a query for a period whose day is DAY means by NAME; 0 for VN, null
-- for none.
CREATE OR REPLACE FUNCTION agency_meant(name text, day date) RETURNS int
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT CASE WHEN name = 'VN' THEN 0 ELSE coalesce(
    agency_on(name, agency_meant.day),
    -- a row that ended within the period, or before it, by its plain code
    (SELECT agency_id FROM agency a WHERE a.label = name)) END);
END $$;

-- The same of a period.
CREATE OR REPLACE FUNCTION agency_in(name text, code text) RETURNS int
LANGUAGE sql STABLE AS $$ SELECT agency_meant(name, period_day(code)) $$;

-- The procedures behind one agency's figure, with those of the predecessors that it answers
-- for; none where the figure rests on totals.
CREATE OR REPLACE FUNCTION figure_parts(agency_id int, slug text, code text, recast boolean)
RETURNS TABLE (procedure text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE plpgsql STABLE AS $$   -- planned once a session, never woven into what asks
#variable_conflict use_column
DECLARE
  kind text := (SELECT i.kind FROM indicator i WHERE i.slug = figure_parts.slug);
  day date := period_day(figure_parts.code);
  days daterange := period_range(figure_parts.code);
  members int[] := ARRAY(SELECT * FROM members_of(figure_parts.agency_id,
                                                  ranking_day(figure_parts.code, figure_parts.recast)));
BEGIN
  IF kind = 'dossier' THEN
    RETURN QUERY SELECT p.* FROM procedure_figures(members, figure_parts.slug, lower(days), upper(days)) p;
  ELSIF kind = 'service' THEN
    RETURN QUERY
    SELECT p.procedure, sum(p.numerator)::bigint, sum(p.denominator)::bigint, sum(p.provided)::bigint
      FROM agency a
     CROSS JOIN LATERAL service_terms(a.agency_id, figure_parts.slug, day) p
     WHERE a.agency_id = ANY (members)
       AND day BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity'::date)
     GROUP BY p.procedure;
  END IF;
END $$;

-- What of a figure each procedure is, those first that lack most.  None while a moment is
-- pinned: a vintage holds figures, not what is behind them.
CREATE OR REPLACE FUNCTION procedures_json(o observation, recast boolean DEFAULT false) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH part AS (
    SELECT p.* FROM figure_parts(o.agency_id, o.indicator, o.period, procedures_json.recast) p
     WHERE o.agency_id <> 0 AND pinned() IS NULL
  ), named AS (
    SELECT p.*, n.name_vi, n.name_en
      FROM part p
      LEFT JOIN LATERAL (
        SELECT s.name_vi, s.name_en FROM service s
         WHERE s.procedure = p.procedure
         ORDER BY s.agency_id <> o.agency_id, s.valid_from DESC LIMIT 1) n ON true
  )
  SELECT coalesce(json_agg(json_build_object(
           'procedure', procedure, 'name_vi', name_vi, 'name_en', coalesce(name_en, name_vi),
           'numerator', numerator, 'denominator', denominator, 'provided', provided,
           'lacking', denominator - numerator,
           -- nothing provided: no value, as for the figure itself
           'percent', CASE WHEN provided > 0 OR numerator <> 0 THEN
             round(100 * round_fraction(numerator, denominator, 4, o.target_numerator,
                                        o.target_denominator), 2)::text END)
           ORDER BY denominator - numerator DESC, denominator DESC, procedure COLLATE "C"), '[]')
    FROM named);
END $$;

-- Between which values a figure lies while something is missing; null where nothing is, or
-- nobody knows how much.
CREATE OR REPLACE FUNCTION bounds_json(o observation) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN o.low_bound IS NOT NULL THEN json_build_object(
    'numerator_low', o.numerator_low, 'numerator_high', o.numerator_high,
    'denominator', o.bound_denominator,
    'low', round(100 * round_fraction(o.numerator_low, o.bound_denominator, 4, t.n,
                                      o.target_denominator), 2)::text,
    'high', round(100 * round_fraction(o.numerator_high, o.bound_denominator, 4, t.n,
                                       o.target_denominator), 2)::text) END
    FROM (SELECT CASE WHEN o.direction <> '<=' THEN o.target_numerator END) t(n)
$$;

-- Whose figures, of LINES, the nation's is made of, those first that lack most.
CREATE OR REPLACE FUNCTION agencies_json(lines observation[]) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT coalesce(json_agg(json_build_object('agency', o.agency, 'name_vi', a.name_vi,
             'name_en', coalesce(a.name_en, a.name_vi), 'numerator', o.numerator,
             'denominator', o.denominator, 'percent', o.percent, 'status', o.status,
             'gap', o.gap)
           ORDER BY coalesce(o.gap, o.denominator - o.numerator) DESC NULLS LAST,
                    o.denominator - o.numerator DESC, o.agency COLLATE "C"), '[]')
    FROM unnest(lines) o JOIN agency a ON a.agency_id = o.agency_id
   WHERE o.in_population
$$;

-- Everything behind one figure.  NAME is VN, a code or CODE@YEAR; null when the
-- agency or the indicator is unknown or has no line in the period.  BESIDE adds what stands
-- beside the figure: other readings, each computed as the figure was, and evidence.  The
-- pages, which show neither, do not wait for it.  Without BATCHES no dossier is read.
-- RECAST: on today's agencies.  SPOKEN: the figure, from whoever has it at hand.
CREATE OR REPLACE FUNCTION explain(code text, name text, slug text, beside boolean DEFAULT false,
                                   batches boolean DEFAULT true, recast boolean DEFAULT false,
                                   spoken observation DEFAULT NULL)
RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
#variable_conflict use_column
DECLARE
  id int := agency_asked(name, code, explain.recast);   -- asked once, not of every line
  members int[] := ARRAY(SELECT * FROM members_of(id, ranking_day(code, explain.recast)));
BEGIN
  RETURN (
  SELECT json_build_object(
    'period', o.period,
    'period_name', json_build_object('vi', period_name(o.period, 'vi'), 'en', period_name(o.period, 'en')),
    'first_day', lower(days), 'last_day', upper(days) - 1, 'day', period_day(o.period),
    'as_of', store_as_of(), 'sample', store_is_sample(),
    'observation', observation_object(o),
    'definition_vi', coalesce(f.definition_vi, d.definition_vi),
    'definition_en', coalesce(f.definition_en, d.definition_en), 'variant', f.name,
    'numerator_measure', i.numerator, 'denominator_measure', i.denominator,
    'scope', i.scope, 'kind', i.kind, 'definition_version', o.version, 'verified', i.verified,
    'target', (SELECT json_build_object('target_id', t.target_id, 'name_vi', t.name_vi,
                 'name_en', t.name_en, 'deadline', t.deadline, 'clause_vi', t.clause_vi,
                 'clause_en', t.clause_en, 'confidence', t.confidence, 'source', t.source)
                 FROM target t WHERE t.target_id = o.target_id),
    'population', population_object(o.population_id, o.population),
    'target_path', path_object(o, CASE WHEN explain.recast THEN recast_day() END),
    'variants', CASE WHEN beside AND NOT explain.recast THEN variants_json(o) END,
    'evidence', CASE WHEN beside THEN evidence_json(o, i.kind) END,
    'comparators', comparators_json(o),
    'members', (SELECT coalesce(json_agg(json_build_object('agency', a.label, 'name_vi', a.name_vi,
                  'name_en', coalesce(a.name_en, a.name_vi)) ORDER BY a.label COLLATE "C"), '[]')
                  FROM unnest(members) m
                  JOIN agency a ON a.agency_id = m
                 WHERE o.recast AND o.agency_id <> 0
                   AND coalesce(a.valid_to, 'infinity'::date) >= lower(days)),
    'bounds', bounds_json(o),
    'procedures', procedures_json(o, explain.recast),
    'agencies', CASE WHEN id = 0 AND i.scope <> 'nation' THEN agencies_json(ARRAY(
                  SELECT x FROM observations_asked(code, NULL, explain.slug, explain.recast) x)) END,
    'breakdown', (SELECT coalesce(json_agg(json_build_object('breakdown', c.breakdown,
                    'breakdown_named', measure_named(c.breakdown),
                    'measure', c.measure, 'measure_named', measure_named(c.measure), 'value', c.value, 'period', c.period,
                    'evidence_url', c.evidence_url)
                    ORDER BY c.measure, c.breakdown, c.first_day, c.end_day), '[]')
                    FROM counts_behind(members, o.indicator, lower(days), upper(days), period_day(o.period)) c),
    'batches', CASE WHEN batches THEN CASE
      WHEN o.agency_id <> 0 OR i.kind IN ('count', 'reduction')
      THEN explain_batches(members, o.indicator, lower(days), upper(days), period_day(o.period)) ELSE '[]' END END)
    FROM (SELECT spoken.* WHERE spoken.indicator IS NOT NULL
          UNION ALL
          SELECT x.* FROM observations_asked(code, NULL, slug, explain.recast) x
           WHERE spoken.indicator IS NULL) o
    JOIN indicator i ON i.slug = o.indicator
    JOIN definition d ON d.slug = o.indicator AND d.version = o.version
   CROSS JOIN LATERAL period_range(o.period) days
    LEFT JOIN formulas_on(upper(period_range(code)) - 1) f ON f.slug = o.indicator
   WHERE o.agency_id = id AND o.indicator = explain.slug);
END $$;
