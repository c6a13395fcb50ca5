-- vintages.sql -- what was published is answered from its stored rows for ever.

-- ---------------------------------------------------------------- nothing changes

CREATE FUNCTION vintage_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was published stays as it is: nothing of % is changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

-- Rows of a vintage come in its own transaction, or never.
CREATE FUNCTION vintage_is_whole() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT vintage_id FROM added) a JOIN vintage v USING (vintage_id)
              WHERE v.xmin <> pg_current_xact_id()::xid) THEN
    RAISE EXCEPTION 'nothing is added to what was published'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER vintage_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON vintage
  FOR EACH STATEMENT EXECUTE FUNCTION vintage_stays();
CREATE TRIGGER vintage_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON vintage_observation
  FOR EACH STATEMENT EXECUTE FUNCTION vintage_stays();
CREATE TRIGGER vintage_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON reopening
  FOR EACH STATEMENT EXECUTE FUNCTION vintage_stays();
CREATE TRIGGER vintage_is_whole AFTER INSERT ON vintage_observation
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION vintage_is_whole();

-- ---------------------------------------------------------------- a moment in the past

-- While a moment is pinned, which pin() does for one transaction, every figure is that of
-- the latest vintage of its period published at or before it.
CREATE FUNCTION pinned() RETURNS timestamptz
LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('nq17.pinned', true), '')::timestamptz $$;

CREATE FUNCTION vintage_at(code text, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT vintage_id FROM vintage
   WHERE period = code AND published_at <= moment
   ORDER BY published_at DESC LIMIT 1);
END $$;

-- The vintage that answers for a period while a moment is pinned; else null.
CREATE FUNCTION pinned_vintage(code text) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN pinned() IS NOT NULL THEN vintage_at(code, pinned()) END
$$;

-- A moment as people write it; a plain date is its last microsecond, as in records.
CREATE FUNCTION moment_of(written text) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN written ~ '^\d{4}-\d{2}-\d{2}$'
              THEN (written::date + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh' - interval '1 microsecond'
              ELSE written::timestamptz END
$$;

-- Pins the moment AS_OF, or that of VINTAGE, and returns the period to answer for: ASKED,
-- else that of the vintage.  With neither nothing is pinned.  Raises NQ404 where nothing
-- was published.  Call it as an argument, or in FROM before what depends on its result.
CREATE FUNCTION pin(asked text, as_of text, vintage text) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_variable
DECLARE
  moment timestamptz := moment_of(as_of);
  chosen nq17.vintage;
BEGIN
  IF as_of IS NULL AND vintage IS NULL THEN
    PERFORM set_config('nq17.pinned', '', true);
    RETURN asked;
  ELSIF as_of IS NOT NULL AND vintage IS NOT NULL THEN
    RAISE EXCEPTION 'as of a moment or of a vintage, not both' USING ERRCODE = '22023';
  ELSIF asked IS NOT NULL THEN
    PERFORM period_range(asked);
  END IF;
  SELECT v.* INTO chosen FROM nq17.vintage v
   WHERE CASE WHEN vintage IS NOT NULL THEN v.vintage_id = vintage::bigint
              ELSE v.published_at <= moment AND v.period = coalesce(asked, v.period) END
   ORDER BY v.published_at DESC LIMIT 1;
  IF NOT FOUND THEN
    IF vintage IS NOT NULL THEN
      RAISE EXCEPTION 'there is no vintage %', vintage USING ERRCODE = 'NQ404';
    END IF;
    RAISE EXCEPTION 'nothing% was published at or before %', coalesce(' of ' || asked, ''), moment
      USING ERRCODE = 'NQ404';
  ELSIF asked <> chosen.period THEN
    RAISE EXCEPTION 'vintage % is of the period %, not of %', vintage, chosen.period, asked
      USING ERRCODE = 'NQ404';
  END IF;
  PERFORM set_config('nq17.pinned', coalesce(moment, chosen.published_at)::text, true),
          set_config('nq17.pinned_as_of', chosen.as_of::text, true);
  RETURN chosen.period;
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range THEN
  RAISE EXCEPTION 'not the number of a vintage: "%"', vintage USING ERRCODE = '22023';
END $$;

CREATE FUNCTION frozen_observations(vintage bigint, wanted text[]) RETURNS SETOF observation
LANGUAGE sql STABLE AS $$
  SELECT o.*
    FROM vintage_observation v
   CROSS JOIN LATERAL jsonb_populate_record(NULL::observation, v.line) o
   WHERE v.vintage_id = vintage AND (wanted IS NULL OR v.indicator = ANY (wanted))
   ORDER BY o.indicator COLLATE "C", o.agency COLLATE "C"
$$;

-- The object of a figure as it was published; null while nothing is pinned.
CREATE FUNCTION frozen_object(o observation) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT v.object FROM vintage_observation v
   WHERE v.vintage_id = pinned_vintage(o.period) AND v.agency_id = o.agency_id
     AND v.indicator = o.indicator
$$;

-- What a difference is: in anything that `nq17 kpi` prints, or that it follows from.
CREATE FUNCTION differs(a observation, b observation) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW ((a).numerator, (a).denominator, (a).provided, (a).value, (a).target, (a).target_id,
              (a).direction, (a).status, (a).rank, (a).coverage, (a).version, (a).in_population)
         IS DISTINCT FROM
         ROW ((b).numerator, (b).denominator, (b).provided, (b).value, (b).target, (b).target_id,
              (b).direction, (b).status, (b).rank, (b).coverage, (b).version, (b).in_population)
$$;

-- The figures of now, beside what was published of a final period.
CREATE FUNCTION matured_observations(code text, wanted text[], vintage bigint)
RETURNS SETOF observation LANGUAGE plpgsql STABLE AS $$
DECLARE
  line record;
  figure observation;
BEGIN
  FOR line IN
    SELECT o AS figure, differs(o, f) AS moved
      FROM live_observations(code, wanted) o
      LEFT JOIN frozen_observations(vintage, wanted) f
             ON f.agency_id = o.agency_id AND f.indicator = o.indicator
     ORDER BY o.indicator COLLATE "C", o.agency COLLATE "C"      -- no join keeps an order
  LOOP
    figure := line.figure;
    figure.maturity := CASE WHEN line.moved THEN 'restated' ELSE 'final' END;
    RETURN NEXT figure;
  END LOOP;
END $$;

-- ---------------------------------------------------------------- the calendar

-- When the window of a period closes and its report is due: in the calendar of Decree
-- 09/2019 the 14th (Article 12) and the 25th of its last month (Article 13).  The decree
-- says nothing of other calendars: those have no due day.
CREATE FUNCTION period_closes(code text) RETURNS date
LANGUAGE sql IMMUTABLE AS $$ SELECT upper(period_range(code)) - 1 $$;

CREATE FUNCTION period_due(code text) RETURNS date
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (SELECT CASE WHEN nd09 THEN upper(days) - 15 + 25 END FROM period_parts(code));
END $$;

-- provisional while the window is open, preview from then on, final once it is published;
-- a re-opened period is in preview again.
CREATE FUNCTION period_state(code text, today date) RETURNS text
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT CASE
    WHEN EXISTS (SELECT FROM (SELECT vintage_at(code, 'infinity') AS id) v
                  WHERE v.id IS NOT NULL
                    AND NOT EXISTS (SELECT FROM reopening r WHERE r.vintage_id = v.id))
      THEN 'final'
    WHEN today <= period_closes(code) THEN 'provisional'
    ELSE 'preview' END);
END $$;

CREATE FUNCTION office_today() RETURNS date
LANGUAGE sql STABLE AS $$ SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date $$;

-- The maturity of a whole answer for a period.
CREATE FUNCTION period_maturity(code text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT CASE
    WHEN pinned_vintage(code) IS NOT NULL THEN 'final'
    WHEN recast_chosen() THEN 'provisional'
    WHEN period_state(code, office_today()) <> 'final' THEN 'provisional'
    WHEN EXISTS (SELECT FROM observations(code) o WHERE o.maturity = 'restated') THEN 'restated'
    ELSE 'final' END);
END $$;

-- The reporting periods of a year of the decree, with what became of them.
CREATE FUNCTION reporting_calendar(year int)
RETURNS TABLE (period text, opens date, closes date, due date, state text, vintage bigint,
               published_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT p.code, lower(period_range(p.code)), period_closes(p.code), period_due(p.code),
         period_state(p.code, office_today()), v.vintage_id, v.published_at
    FROM (SELECT 'ND09-' || year || '-' || to_char(m, 'FM00') AS code, 1 AS place
            FROM generate_series(1, 12) m
          UNION ALL SELECT 'ND09-' || year || '-Q' || q, 2 FROM generate_series(1, 4) q
          UNION ALL SELECT 'ND09-' || year || '-H' || h, 3 FROM generate_series(1, 2) h
          UNION ALL SELECT 'ND09-' || year, 4) p
    LEFT JOIN vintage v ON v.vintage_id = vintage_at(p.code, 'infinity')
   ORDER BY period_closes(p.code), p.place
$$;

-- A final period is worked on again.
CREATE FUNCTION period_reopen(code text, why text, by_whom text, second text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  newest bigint := vintage_at(code, 'infinity');
BEGIN
  PERFORM period_range(code);
  IF newest IS NULL THEN
    RAISE EXCEPTION 'nothing of % was published', code USING ERRCODE = 'no_data_found';
  ELSIF coalesce(trim(why), '') = '' THEN
    RAISE EXCEPTION 'to re-open a period takes a reason' USING ERRCODE = 'P0001';
  ELSIF coalesce(trim(second), '') = '' OR one_person(second, by_whom) THEN
    RAISE EXCEPTION 'to re-open a period takes two people: somebody else than % must agree', by_whom
      USING ERRCODE = 'P0001';
  ELSIF EXISTS (SELECT FROM reopening r WHERE r.vintage_id = newest) THEN
    RAISE EXCEPTION 'the period % is open again already', code USING ERRCODE = 'P0001';
  END IF;
  INSERT INTO reopening (vintage_id, reason, requested_by, approved_by)
  VALUES (newest, trim(why), trim(by_whom), trim(second));
  RETURN newest;
END $$;

-- ---------------------------------------------------------------- publication

-- JSON in one form only: members in bytewise order of their names, no white space, text
-- escaped no more than it must be.  (docs/vintages.md)
CREATE FUNCTION canonical_json(j jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF jsonb_typeof(j) = 'object' THEN
    RETURN '{' || coalesce((
      SELECT string_agg(to_json(e.name)::text || ':'
                        || CASE WHEN jsonb_typeof(e.value) IN ('object', 'array')
                                THEN canonical_json(e.value) ELSE e.value::text END,
                        ',' ORDER BY e.name COLLATE "C")
        FROM jsonb_each(j) e(name, value)), '') || '}';
  ELSIF jsonb_typeof(j) = 'array' THEN
    RETURN '[' || coalesce((SELECT string_agg(canonical_json(e.value), ',' ORDER BY e.place)
                              FROM jsonb_array_elements(j) WITH ORDINALITY e(value, place)), '')
           || ']';
  END IF;
  RETURN j::text;
END $$;

-- The bytes of a vintage: a line for each observation, ordered by indicator and agency.
CREATE FUNCTION canonical_form(lines jsonb[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(string_agg(canonical_json(l) || E'\n', ''
                             ORDER BY l ->> 'indicator' COLLATE "C", l ->> 'agency' COLLATE "C"), '')
    FROM unnest(lines) l
$$;

CREATE FUNCTION vintage_canonical(vintage bigint) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT canonical_form(array_agg(v.line)) FROM vintage_observation v WHERE v.vintage_id = vintage
$$;

CREATE FUNCTION hash_of(content text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT encode(sha256(convert_to(content, 'UTF8')), 'hex') $$;

-- Families of agencies at random, whose dossiers are no more than MOST together; the
-- smallest where none is so small.  A small store is audited whole.
CREATE FUNCTION audit_within(most bigint) RETURNS int[]
LANGUAGE sql VOLATILE AS $$
  WITH family AS (
    SELECT a.lineage_id, coalesce(sum(t.received), 0) AS dossiers
      FROM agency a LEFT JOIN day_total t USING (agency_id)
     GROUP BY a.lineage_id
  ), queue AS (
    SELECT lineage_id, sum(dossiers) OVER (ORDER BY place) AS together, place
      FROM (SELECT f.*, row_number() OVER (ORDER BY dossiers > most, CASE WHEN dossiers > most
                                             THEN dossiers ELSE random() END) AS place
              FROM family f) q
  )
  SELECT array_agg(lineage_id) FROM queue WHERE together <= most OR place = 1
$$;

-- What whoever publishes a period should know before.  ENOUGH: the share of the population,
-- in percent, that must have sent something.  `against`: why it is not to be published
-- without the word of a second person: the window is `open`, the `audit` found
-- differences, the `coverage` is low.
CREATE FUNCTION publish_check(code text, enough int) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  found record;
  audited record;
BEGIN
  WITH o AS MATERIALIZED (SELECT * FROM live_observations(code, NULL)),
  heard AS (
    SELECT o.agency_id, o.agency, bool_or(o.denominator IS NOT NULL) AS spoke
      FROM o WHERE o.in_population GROUP BY o.agency_id, o.agency
  ), covered AS (
    SELECT o.indicator, o.coverage_percent FROM o
     WHERE o.agency_id = 0 AND o.verified AND o.denominator IS NOT NULL
  )
  SELECT (SELECT count(*) FROM heard) AS population,
         (SELECT count(*) FROM heard WHERE spoke) AS heard,
         (SELECT coalesce(jsonb_agg(agency ORDER BY agency COLLATE "C"), '[]') FROM heard
           WHERE NOT spoke) AS silent,
         (SELECT coalesce(jsonb_object_agg(indicator, coverage_percent), '{}') FROM covered)
           AS coverage,
         (SELECT count(*) FROM dispute d WHERE d.period = code AND d.closed_at IS NULL) AS disputes,
         (SELECT count(*) FROM agreement_list(NULL, code) g WHERE g.indicator IS NULL AND g.holds)
           AS agreed
    INTO found;
  SELECT coalesce(max(a.figures), 0) AS figures,
         count(*) FILTER (WHERE a.figures IS NULL) AS differences
    INTO audited FROM audit(coalesce(audit_within(250000), '{}'), ARRAY[code]) a;
  RETURN jsonb_build_object(
    'state', period_state(code, office_today()), 'closes', period_closes(code),
    'due', period_due(code), 'population', found.population, 'heard', found.heard,
    'enough', enough, 'silent', found.silent, 'coverage', found.coverage,
    'disputes', found.disputes, 'agreed', found.agreed, 'audit', to_jsonb(audited),
    'against', array_remove(ARRAY[
      CASE WHEN office_today() <= period_closes(code) THEN 'open' END,
      CASE WHEN audited.differences > 0 THEN 'audit' END,
      CASE WHEN found.heard * 100 < enough * found.population THEN 'coverage' END], NULL));
END $$;

-- What the store knew, for the causes of later differences.
CREATE FUNCTION standing_batches() RETURNS int8multirange
LANGUAGE sql STABLE AS $$
  SELECT coalesce(range_agg(int8range(batch_id, batch_id, '[]')), '{}')
    FROM batch WHERE state = 'committed'
$$;

CREATE FUNCTION standing_register() RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_object_agg(agency_id, to_jsonb(a)) FROM agency a
$$;

CREATE FUNCTION standing_catalogue(day date) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'indicators', (SELECT jsonb_object_agg(i.slug, to_jsonb(i) || jsonb_strip_nulls(to_jsonb(d)))
                     FROM indicator i LEFT JOIN definitions_on(day) d USING (slug)),
    'targets', (SELECT jsonb_object_agg(target_id, to_jsonb(t)) FROM target t))
$$;

-- Freezes the observations of a period.  FINDINGS are publish_check()'s, of the same
-- snapshot and under the lock of publications (reports/publish.c).
CREATE FUNCTION publish(code text, by_whom text, reason text, second text, findings jsonb)
RETURNS vintage LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  made vintage;
  before vintage;
  lines jsonb[];
BEGIN
  by_whom := office_said(by_whom, 'the name of who publishes');
  second := nullif(trim(second), '');
  reason := nullif(trim(reason), '');
  IF findings -> 'against' <> '[]' AND reason IS NULL THEN
    RAISE EXCEPTION 'the period % is not published: somebody must accept it with a reason, and a second person agree', code
      USING ERRCODE = 'P0001';
  ELSIF reason IS NOT NULL AND (second IS NULL OR one_person(second, by_whom)) THEN
    RAISE EXCEPTION 'to accept it takes two people: somebody else than % must agree', by_whom
      USING ERRCODE = 'P0001';
  ELSIF reason IS NULL AND second IS NOT NULL THEN
    RAISE EXCEPTION 'what does % accept? a reason is missing', second USING ERRCODE = 'P0001';
  END IF;
  SELECT * INTO before FROM vintage v WHERE v.vintage_id = vintage_at(code, 'infinity');
  lines := ARRAY(SELECT to_jsonb(o) || '{"maturity": "final"}' FROM live_observations(code, NULL) o);

  INSERT INTO vintage (period, published_at, published_by, as_of, sha256, observations, previous,
                       acceptance, accepted_by, findings, sample, batches, register, catalogue)
  SELECT code,
         -- later than any before it: a moment means one vintage
         greatest(clock_timestamp(), (SELECT max(v.published_at) + interval '1 microsecond' FROM vintage v)),
         by_whom, store_as_of(), hash_of(canonical_form(lines)), cardinality(lines),
         before.vintage_id, reason, second, findings, store_is_sample(), standing_batches(),
         standing_register(), standing_catalogue(period_day(code))
  RETURNING * INTO made;

  INSERT INTO vintage_observation (agency_id, vintage_id, indicator, line, object)
  SELECT o.agency_id, made.vintage_id, o.indicator, l, live_object(o)
    FROM unnest(lines) l
   CROSS JOIN LATERAL jsonb_populate_record(NULL::observation, l) o;
  RETURN made;
END $$;

-- Every vintage, newest first; CODE restricts to a period.
CREATE FUNCTION vintage_list(code text)
RETURNS TABLE (vintage bigint, period text, published_at timestamptz, published_by text,
               observations int, sha256 text, previous bigint, identical boolean, state text,
               closes date, due date, accepted_by text, acceptance text, reopened_by text,
               reopened_at timestamptz, reopening text)
LANGUAGE sql STABLE AS $$
  SELECT v.vintage_id, v.period, v.published_at, v.published_by, v.observations, v.sha256,
         v.previous, v.sha256 = p.sha256,
         CASE WHEN v.vintage_id <> vintage_at(v.period, 'infinity') THEN 'superseded'
              WHEN r.vintage_id IS NOT NULL THEN 'reopened' ELSE 'final' END,
         period_closes(v.period), period_due(v.period), v.accepted_by, v.acceptance,
         r.requested_by || ', ' || r.approved_by, r.reopened_at, r.reason
    FROM vintage v
    LEFT JOIN vintage p ON p.vintage_id = v.previous
    LEFT JOIN reopening r ON r.vintage_id = v.vintage_id
   WHERE code IS NULL OR v.period = code
   ORDER BY v.published_at DESC
$$;

CREATE FUNCTION api_vintages(code text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF code IS NOT NULL THEN
    PERFORM period_range(code);
  END IF;
  RETURN json_build_object('as_of', store_as_of(), 'sample', store_is_sample(), 'vintages',
    (SELECT coalesce(json_agg(v ORDER BY v.published_at DESC), '[]') FROM vintage_list(code) v));
END $$;

-- agencies_json() of a vintage, by the names of then.
CREATE FUNCTION frozen_agencies_json(vintage bigint, slug text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT coalesce(json_agg(json_build_object('agency', o.agency, 'name_vi', f.object ->> 'agency_name_vi',
             'name_en', f.object ->> 'agency_name_en', 'numerator', o.numerator,
             'denominator', o.denominator, 'percent', o.percent, 'status', o.status,
             'gap', o.gap)
           ORDER BY coalesce(o.gap, o.denominator - o.numerator) DESC NULLS LAST,
                    o.denominator - o.numerator DESC, o.agency COLLATE "C"), '[]')
    FROM vintage_observation f
   CROSS JOIN LATERAL jsonb_populate_record(NULL::observation, f.line) o
   WHERE f.vintage_id = vintage AND f.indicator = slug AND o.in_population
$$;

-- One figure as it was published: what a vintage holds, which is not the procedures and
-- the batches behind it.
CREATE FUNCTION explain_vintage(vintage bigint, name text, slug text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'period', v.period,
    'period_name', json_build_object('vi', period_name(v.period, 'vi'), 'en', period_name(v.period, 'en')),
    'first_day', lower(days), 'last_day', upper(days) - 1, 'day', period_day(v.period),
    'as_of', v.as_of, 'sample', v.sample, 'vintage', v.vintage_id, 'published_at', v.published_at,
    'observation', json_joined(f.object::json, marks_object(jsonb_populate_record(NULL::observation, f.line))),
    'definition_vi', i ->> 'definition_vi', 'definition_en', i ->> 'definition_en',
    'numerator_measure', i ->> 'numerator', 'denominator_measure', i ->> 'denominator',
    'scope', i ->> 'scope', 'kind', i ->> 'kind', 'definition_version', f.line -> 'version',
    'verified', i -> 'verified',
    'target', CASE WHEN t IS NOT NULL THEN json_build_object('target_id', t ->> 'target_id',
      'name_vi', t ->> 'name_vi', 'name_en', t ->> 'name_en', 'deadline', t ->> 'deadline',
      'clause_vi', t ->> 'clause_vi', 'clause_en', t ->> 'clause_en',
      'confidence', t ->> 'confidence', 'source', t ->> 'source') END,
    'bounds', bounds_json(jsonb_populate_record(NULL::observation, f.line)),
    'agencies', CASE WHEN f.agency_id = 0 AND i ->> 'scope' <> 'nation'
                     THEN frozen_agencies_json(v.vintage_id, f.indicator) END,
    'members', '[]'::json, 'procedures', '[]'::json, 'breakdown', '[]'::json, 'batches', '[]'::json)
    FROM vintage v
    JOIN vintage_observation f USING (vintage_id)
   CROSS JOIN LATERAL (SELECT v.catalogue -> 'indicators' -> f.indicator AS i,
                              v.catalogue -> 'targets' -> (f.line ->> 'target_id') AS t) c
   CROSS JOIN LATERAL period_range(v.period) days
   WHERE v.vintage_id = explain_vintage.vintage AND f.indicator = explain_vintage.slug
     AND f.agency_id = agency_in(name, v.period)
$$;

-- One figure taken apart, as of the moment that is pinned.
CREATE FUNCTION explain_pinned(code text, name text, slug text, beside boolean DEFAULT false,
                               batches boolean DEFAULT true, recast boolean DEFAULT false,
                               spoken observation DEFAULT NULL)
RETURNS json LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN pinned() IS NULL OR recast
              THEN explain(code, name, slug, beside, batches, recast, spoken)
              ELSE explain_vintage(pinned_vintage(code), name, slug) END
$$;

-- ---------------------------------------------------------------- late rows

-- The records on the stage, before their merge, by the days of which they speak.  HOLDS: what
-- they say holds on each of these days, and a period asks for its last; else what they tell of
-- lies within those days.  What is stored already as it is says nothing new.
CREATE FUNCTION staged_days(type text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE type
    WHEN 'dossier' THEN
      'SELECT agency_id, daterange(day, day, ''[]'') AS days, false AS holds, sum(records) AS records
         FROM (SELECT agency_id, day, resolved AS records FROM rollup_change WHERE day IS NOT NULL
               UNION ALL
               SELECT settled_id, resolved_day, 1 FROM stage WHERE status = ''resolved'') t
        WHERE records > 0 GROUP BY agency_id, day'
    WHEN 'count' THEN
      'SELECT agency_id, daterange(first_day, end_day) AS days, false AS holds, count(*) AS records
         FROM stage GROUP BY agency_id, first_day, end_day'
    WHEN 'national' THEN
      'SELECT 0 AS agency_id, daterange(make_date(year, 1, 1), make_date(year + 1, 1, 1)) AS days,
              false AS holds, count(*) AS records FROM stage GROUP BY year'
    ELSE format(
      'SELECT s.agency_id, x.days, x.holds, count(*) AS records
         FROM stage s
        CROSS JOIN LATERAL (
          SELECT CASE WHEN %2$s THEN daterange(s.valid_from, s.valid_from, ''[]'')
                      ELSE daterange(s.valid_from, greatest(s.valid_from, coalesce(s.valid_to,
                             (SELECT min(n.valid_from) - 1 FROM %1$I n
                               WHERE n.agency_id = s.agency_id AND %3$s AND n.valid_from > s.valid_from),
                             ''infinity'')), ''[]'') END AS days, NOT (%2$s) AS holds) x
        WHERE NOT EXISTS (SELECT FROM %1$I n
                           WHERE n.agency_id = s.agency_id AND %3$s AND n.valid_from = s.valid_from
                             AND to_jsonb(s) @> (to_jsonb(n) - ''{batch_id,updated_at}''::text[]))
        GROUP BY s.agency_id, x.days, x.holds',
      type, CASE type WHEN 'fact' THEN 's.fact = ''satisfaction-disclosure''' ELSE 'false' END,
      CASE type WHEN 'fact' THEN 'n.fact = s.fact AND n.item = s.item'
                ELSE 'n.procedure = s.procedure' END) END
$$;

-- How many of them fall into periods that were published, and into which.
CREATE FUNCTION late_rows(type text) RETURNS TABLE (agency_id int, late bigint, periods text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  IF NOT EXISTS (SELECT FROM vintage) THEN
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format($sql$
    WITH staged AS (%s),
    published AS MATERIALIZED (SELECT DISTINCT period, period_range(period) AS days FROM vintage),
    reached AS MATERIALIZED (
      SELECT s.agency_id, s.days, s.holds, s.records, p.period
        FROM staged s
        JOIN published p ON CASE WHEN s.holds THEN s.days @> upper(p.days) - 1 ELSE p.days @> s.days END
    )
    SELECT e.agency_id, sum(e.records)::bigint,
           (SELECT string_agg(DISTINCT r.period, ', ' ORDER BY r.period) FROM reached r
             WHERE r.agency_id = e.agency_id)
      FROM (SELECT DISTINCT agency_id, days, holds, records FROM reached) e
     GROUP BY e.agency_id
  $sql$, staged_days(type));
END $$;
