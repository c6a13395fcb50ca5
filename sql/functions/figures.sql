-- figures.sql -- the formulas of DESIGN 6.6: for each agency row and indicator the
-- numerator, the denominator, and how many units of the denominator have the
-- attribute provided at all.  No row: nothing was received.  What is done with
-- these three numbers is in judgements.sql.
--
-- Each kind of figure is planned by itself, once a session: within the large query of
-- agency_figures(), where loops are forbidden, the planner would no longer see what an
-- index is worth.

-- The first local day on which an agency is measured on its records: the office's
-- date, else that of its first accepted dossier.  Its totals answer for the time before
-- the first dossier was settled: until then the records say nothing of settled ones.
CREATE OR REPLACE VIEW records_start AS
SELECT a.agency_id, coalesce(a.records_from, d.day) AS day,
       coalesce(a.records_from, s.day) AS settled_day
  FROM agency a
  LEFT JOIN LATERAL (SELECT t.day FROM day_total t WHERE t.agency_id = a.agency_id
                      ORDER BY t.day LIMIT 1) d ON true
  LEFT JOIN LATERAL (SELECT t.day FROM day_total t
                      WHERE t.agency_id = a.agency_id AND t.resolved > 0
                      ORDER BY t.day LIMIT 1) s ON true
 WHERE coalesce(a.records_from, d.day) IS NOT NULL;

-- The sum of the counts of one measure that tile the days from FIRST on before STOP without
-- gap or overlap, the longest first; null where none do.
CREATE OR REPLACE FUNCTION tiled_count(agency_id int, measure text, breakdown text, first date, stop date)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  c record;
  best bigint[];     -- best[n]: the sum that tiles from day FIRST + n to the end
BEGIN
  best[stop - first] := 0;
  FOR c IN
    SELECT r.first_day - first AS at, r.end_day - first AS next, r.value
      FROM reported_count r
     WHERE r.agency_id = agency_id AND r.measure = measure AND r.breakdown = breakdown
       AND r.first_day >= first AND r.end_day <= stop
     ORDER BY r.first_day DESC, r.end_day DESC, r.period
  LOOP
    IF best[c.at] IS NULL AND best[c.next] IS NOT NULL THEN
      best[c.at] := c.value + best[c.next];
    END IF;
  END LOOP;
  RETURN best[0];
END $$;

-- The same until STOP or, where nothing tiles up to it, until the last end of a count from SINCE on:
-- the day of the first record.  What is settled is on records from there on, also while that is
-- nothing, so totals that end between the first record and the first settled one say it all.
CREATE FUNCTION tiled_before(agency_id int, measure text, breakdown text, first date, since date, stop date)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  told bigint := tiled_count(agency_id, measure, breakdown, first, stop);
  until date;
BEGIN
  IF told IS NULL AND since > first THEN
    FOR until IN
      SELECT DISTINCT r.end_day FROM reported_count r
       WHERE r.agency_id = agency_id AND r.measure = measure AND r.breakdown = breakdown
         AND r.first_day >= first AND r.end_day BETWEEN since AND stop
       ORDER BY r.end_day DESC
    LOOP
      told := tiled_count(agency_id, measure, breakdown, first, until);
      EXIT WHEN told IS NOT NULL;
    END LOOP;
  END IF;
  RETURN told;
END $$;

-- From when on records answer for a flow of MEASURE instead of totals: what is received from the
-- first dossier on, the rest from the first that was settled.
CREATE FUNCTION records_begin(measure text, day date, settled_day date) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN measure LIKE 'dossiers_received%' THEN day ELSE settled_day END
$$;

-- Flows are answered by the count of the very period or by counts that tile it, the
-- longest first; most are a plain row of months.  A row of the register that begins or ends
-- within the period is asked for its own days of it: BEGAN to ENDED.  Its last count may run
-- over its end (a quarter of which it was there two months); whoever follows is then asked
-- from there on.  BEFORE_RECORDS asks only for the part before the agency's records begin.
-- VALUE is null of what was told in part only.
CREATE FUNCTION flow_told(first date, stop date, before_records boolean, measures text[])
RETURNS TABLE (agency_id int, measure text, breakdown text, value bigint, began date, ended date)
LANGUAGE sql STABLE AS $$
  WITH own AS MATERIALIZED (
    SELECT c.agency_id, c.measure, c.breakdown,
           CASE WHEN bool_and(c.first_day = c.before) AND max(c.end_day) = min(c.until)
                THEN sum(c.value)::bigint
                ELSE tiled_before(c.agency_id, c.measure, c.breakdown, min(c.began), min(c.since), min(c.until)) END AS value,
           min(c.began) AS began, min(c.until) AS ended
      FROM (SELECT r.*, u.began, u.until, s.since,
                   lag(r.end_day, 1, u.began) OVER (PARTITION BY r.agency_id, r.measure, r.breakdown
                                                    ORDER BY r.first_day, r.end_day) AS before
              FROM reported_count r
              LEFT JOIN agency a ON a.agency_id = r.agency_id
              LEFT JOIN LATERAL (
               SELECT x.day AS since, records_begin(r.measure, x.day, x.settled_day) AS answered
                 FROM records_start x WHERE before_records AND x.agency_id = r.agency_id) s ON true
             CROSS JOIN LATERAL (
               SELECT greatest(first, a.valid_from) AS began, least(stop, a.valid_to + 1, s.answered) AS until) u
             WHERE r.measure = ANY (measures) AND r.first_day >= first
               AND r.end_day > first AND r.end_day <= stop
               AND r.first_day >= u.began AND r.end_day <= u.until) c
     GROUP BY c.agency_id, c.measure, c.breakdown
  ), over AS MATERIALIZED (   -- those that ran over the end of their row, where nothing ends with it
    SELECT x.*, tiled_count(x.agency_id, x.measure, x.breakdown, x.began, x.ended) AS value
      FROM (SELECT r.agency_id, r.measure, r.breakdown, greatest(first, a.valid_from) AS began,
                   max(r.end_day) AS ended
              FROM agency a JOIN reported_count r USING (agency_id)
             WHERE a.valid_to >= first AND a.valid_to + 1 < stop AND r.measure = ANY (measures)
               AND r.first_day BETWEEN greatest(first, a.valid_from) AND a.valid_to
               AND r.end_day > a.valid_to + 1 AND r.end_day <= stop
               AND NOT (before_records AND EXISTS (
                     SELECT FROM records_start s WHERE s.agency_id = a.agency_id
                        AND records_begin(r.measure, s.day, s.settled_day) < stop))
             GROUP BY r.agency_id, r.measure, r.breakdown, a.valid_from) x
     WHERE NOT EXISTS (SELECT FROM own o WHERE o.agency_id = x.agency_id AND o.measure = x.measure
                          AND o.breakdown = x.breakdown AND o.value IS NOT NULL)
  ), later AS MATERIALIZED (  -- whoever follows, from where all before it ended
    SELECT x.*, least(stop, a.valid_to + 1) AS ended,
           tiled_count(x.agency_id, x.measure, x.breakdown, x.began, least(stop, a.valid_to + 1)) AS value
      FROM (SELECT h.heir_id AS agency_id, v.measure, v.breakdown, min(v.ended) AS began
              FROM over v
              JOIN agency a USING (agency_id)
              JOIN agency_heir h ON h.agency_id = v.agency_id AND h.first_day = a.valid_to + 1
             WHERE v.value IS NOT NULL
             GROUP BY h.heir_id, v.measure, v.breakdown
            HAVING min(v.ended) = max(v.ended)) x
      JOIN agency a USING (agency_id)
     WHERE x.began < least(stop, a.valid_to + 1)
       AND EXISTS (SELECT FROM reported_count r
                    WHERE r.agency_id = x.agency_id AND r.measure = x.measure
                      AND r.breakdown = x.breakdown AND r.first_day >= x.began AND r.end_day <= stop)
  )
  SELECT o.agency_id, o.measure, o.breakdown, o.value, o.began, o.ended FROM own o
   WHERE NOT EXISTS (SELECT FROM over v WHERE v.agency_id = o.agency_id AND v.measure = o.measure
                        AND v.breakdown = o.breakdown)
     AND NOT EXISTS (SELECT FROM later l WHERE l.agency_id = o.agency_id AND l.measure = o.measure
                        AND l.breakdown = o.breakdown)
  UNION ALL
  SELECT v.agency_id, v.measure, v.breakdown, v.value, v.began, v.ended FROM over v
  UNION ALL
  SELECT l.agency_id, l.measure, l.breakdown, l.value, l.began, l.ended FROM later l
$$;

CREATE FUNCTION flow_counts(first date, stop date, before_records boolean, measures text[])
RETURNS TABLE (agency_id int, measure text, breakdown text, value bigint)
LANGUAGE sql STABLE AS $$
  SELECT t.agency_id, t.measure, t.breakdown, t.value
    FROM flow_told(first, stop, before_records, measures) t WHERE t.value IS NOT NULL
$$;

-- The measures that stand at a moment, instead of adding up over a span.
CREATE FUNCTION stock_measures() RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT '{participants,participants_verified,report_regimes,report_regimes_online,systems,systems_connected}'::text[]
$$;

-- Stocks are answered by the latest count at or before DAY, never summed over time.
CREATE OR REPLACE FUNCTION stock_counts(day date, measures text[])
RETURNS TABLE (agency_id int, measure text, breakdown text, value bigint, end_day date)
LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (agency_id, measure, breakdown)
         agency_id, measure, breakdown, value, end_day
    FROM reported_count
   WHERE measure = ANY (measures) AND end_day <= stock_counts.day + 1
   ORDER BY agency_id, measure, breakdown, end_day DESC, first_day DESC, period
$$;

-- What sums of settled dossiers say for each indicator over them: the columns of
-- day_total and procedure_total, as numerator, denominator and provided units.
CREATE OR REPLACE FUNCTION dossier_terms(
  resolved bigint, resolved_online bigint, level4_online bigint, due_known bigint, on_time bigint,
  one_stop_known bigint, one_stop bigint, paid_known bigint, paid_online bigint,
  filed_by_known bigint, assisted bigint, scored bigint, satisfied bigint)
RETURNS TABLE (slug text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES ('online-filing', resolved_online, resolved, resolved),
         ('one-stop', one_stop, resolved, one_stop_known),
         ('level4-filing', level4_online, resolved, resolved),
         ('on-time', on_time, due_known, due_known),
         ('satisfaction', satisfied, scored, scored),
         ('electronic-payment', paid_online, paid_known, paid_known),
         ('assisted-filing', assisted, filed_by_known, filed_by_known)
$$;

-- Settled dossiers, from the records and, before an agency has any, from its totals.  WANTED: of
-- these indicators, and of online filing, which others are held against; null: of all.
CREATE OR REPLACE FUNCTION dossier_figures(first date, stop date, wanted text[]) RETURNS SETOF figure
LANGUAGE plpgsql STABLE ROWS 600 SET enable_nestloop = on SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH start AS MATERIALIZED (SELECT * FROM records_start),
  record AS (
    SELECT s.agency_id, f.*
      FROM start s
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(resolved), 0)::bigint AS resolved,
              coalesce(sum(resolved_online), 0)::bigint AS resolved_online,
              coalesce(sum(level4_online), 0)::bigint AS level4_online,
              coalesce(sum(due_known), 0)::bigint AS due_known,
              coalesce(sum(on_time), 0)::bigint AS on_time,
              coalesce(sum(one_stop_known), 0)::bigint AS one_stop_known,
              coalesce(sum(one_stop), 0)::bigint AS one_stop,
              coalesce(sum(paid_known), 0)::bigint AS paid_known,
              coalesce(sum(paid_online), 0)::bigint AS paid_online,
              coalesce(sum(filed_by_known), 0)::bigint AS filed_by_known,
              coalesce(sum(assisted), 0)::bigint AS assisted,
              coalesce(sum(scored), 0)::bigint AS scored,
              coalesce(sum(satisfied), 0)::bigint AS satisfied
         FROM total_pieces(greatest(first, s.day), stop) d
        WHERE d.agency_id = s.agency_id) t
     CROSS JOIN LATERAL dossier_terms(
       t.resolved, t.resolved_online, t.level4_online, t.due_known, t.on_time, t.one_stop_known,
       t.one_stop, t.paid_known, t.paid_online, t.filed_by_known, t.assisted, t.scored,
       t.satisfied) f
     WHERE s.day < stop
  ), before AS MATERIALIZED (
    SELECT * FROM flow_counts(first, stop, true, '{dossiers_resolved,dossiers_resolved_online,dossiers_resolved_one_stop,dossiers_resolved_on_time}')
     WHERE breakdown = '' AND agency_id <> 0
  ), told AS (           -- totals for the time before the records
    SELECT w.agency_id, f.slug, coalesce(p.value, 0) AS numerator,
           w.value AS denominator,
           -- a total without its part: none of its units has the attribute
           CASE WHEN p.value IS NULL THEN 0 ELSE w.value END AS provided
      FROM (VALUES ('online-filing', 'dossiers_resolved_online'),
                   ('one-stop', 'dossiers_resolved_one_stop'),
                   ('on-time', 'dossiers_resolved_on_time')) f(slug, part)
      JOIN before w ON w.measure = 'dossiers_resolved'
      LEFT JOIN before p ON p.agency_id = w.agency_id AND p.measure = f.part
  ), both_sides AS (
    SELECT agency_id, slug, sum(numerator) AS numerator, sum(denominator) AS denominator,
           sum(provided) AS provided
      FROM (SELECT * FROM record UNION ALL SELECT * FROM told) x
     WHERE wanted IS NULL OR slug = ANY (wanted) OR slug = 'online-filing'
     GROUP BY agency_id, slug
  ), reported AS (       -- totals of the whole period
    SELECT agency_id,
           max(value) FILTER (WHERE measure = 'dossiers_resolved') AS resolved,
           max(value) FILTER (WHERE measure = 'satisfaction_responses') AS responses,
           max(value) FILTER (WHERE measure = 'satisfaction_satisfied') AS satisfied
      FROM flow_counts(first, stop, false, '{dossiers_resolved,satisfaction_responses,satisfaction_satisfied}')
     WHERE breakdown = '' AND agency_id <> 0
     GROUP BY agency_id
  )
  SELECT b.agency_id, b.slug, b.numerator::bigint, d.denominator, d.provided,
         -- 04: dossiers the agency counts but does not send did not go through the system.
         CASE WHEN b.slug = 'one-stop' THEN (b.numerator + b.denominator - b.provided)::bigint END,
         concat_ws(' ', CASE WHEN b.slug = 'one-stop' AND r.resolved IS NULL THEN 'unreconciled' END,
                   -- the period holds the day from which records count instead of totals
                   CASE WHEN s.settled_day > first AND r.resolved > b.denominator
                        THEN 'records_begin' END)
    FROM both_sides b
    LEFT JOIN reported r USING (agency_id)
    LEFT JOIN start s USING (agency_id)
    LEFT JOIN both_sides o ON o.agency_id = b.agency_id AND o.slug = 'online-filing'
   CROSS JOIN LATERAL (SELECT
     (CASE WHEN b.slug = 'one-stop' THEN greatest(b.denominator, r.resolved)
           ELSE b.denominator END)::bigint AS denominator,
     -- 23: without a catalogue the level of an online filing is not known.
     (CASE WHEN b.slug = 'level4-filing'
                AND NOT EXISTS (SELECT FROM service s WHERE s.agency_id = b.agency_id)
           THEN b.provided - o.numerator
           ELSE b.provided END)::bigint AS provided) d
   WHERE b.slug <> 'satisfaction' OR b.denominator > 0 OR r.responses IS NULL
  UNION ALL
  SELECT r.agency_id, 'satisfaction', coalesce(r.satisfied, 0), r.responses,
         CASE WHEN r.satisfied IS NULL THEN 0 ELSE r.responses END, NULL, ''
    FROM reported r
    LEFT JOIN both_sides b ON b.agency_id = r.agency_id AND b.slug = 'satisfaction'
   WHERE r.responses IS NOT NULL AND coalesce(b.denominator, 0) = 0
     AND coalesce('satisfaction' = ANY (wanted), true)
  UNION ALL
  -- No indicator: how many dossiers an agency counts that its records do not hold.
  SELECT b.agency_id, 'unsent', r.resolved - b.denominator::bigint, 0, 0, 0, ''
    FROM both_sides b JOIN reported r USING (agency_id)
   WHERE b.slug = 'online-filing' AND r.resolved > b.denominator;
END $$;

-- The days on which a service's row holds: an open end is closed by the next row.
CREATE OR REPLACE VIEW service_span AS
SELECT s.*, coalesce(valid_to, lead(valid_from) OVER (PARTITION BY agency_id, procedure
                                                      ORDER BY valid_from) - 1,
                     'infinity'::date) AS last_day
  FROM service s;

-- The row of each service in force on DAY; the later one where two overlap.  It is the one that
-- began last, read off the key backwards; where that one has ended, the last of those before it
-- that say that they hold longer.
CREATE FUNCTION services_on(day date) RETURNS SETOF service
LANGUAGE sql STABLE AS $$
  WITH latest AS MATERIALIZED (
    SELECT DISTINCT ON (s.agency_id, s.procedure) s.* FROM service s
     WHERE s.valid_from <= services_on.day
     ORDER BY s.agency_id DESC, s.procedure DESC, s.valid_from DESC
  )
  SELECT * FROM latest l WHERE (l.valid_to < services_on.day) IS NOT TRUE
  UNION ALL
  SELECT e.* FROM latest l
   CROSS JOIN LATERAL (SELECT o.* FROM service o
                        WHERE o.agency_id = l.agency_id AND o.procedure = l.procedure
                          AND o.valid_from < l.valid_from AND o.valid_to >= services_on.day
                        ORDER BY o.valid_from DESC LIMIT 1) e
   WHERE l.valid_to < services_on.day
$$;

CREATE OR REPLACE FUNCTION service_figures(day date) RETURNS SETOF figure
LANGUAGE plpgsql STABLE ROWS 600 SET enable_nestloop = on SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH served AS (
    SELECT agency_id, count(*) AS services,
           count(*) FILTER (WHERE level IN ('4', 'full')) AS level4,
           count(*) FILTER (WHERE help_channel) AS help,
           count(help_channel) AS help_known,
           count(*) FILTER (WHERE online) AS online,
           count(*) FILTER (WHERE online AND npsp_integrated) AS npsp,
           count(npsp_integrated) FILTER (WHERE online) AS npsp_known,
           count(*) FILTER (WHERE online AND mobile_signature) AS signature,
           count(mobile_signature) FILTER (WHERE online) AS signature_known,
           count(*) FILTER (WHERE online AND electronic_dossier) AS electronic,
           count(electronic_dossier) FILTER (WHERE online) AS electronic_known,
           count(*) FILTER (WHERE online AND business_registry) AS registry,
           count(business_registry) FILTER (WHERE online) AS registry_known,
           coalesce(sum(form_fields_prefilled) FILTER (WHERE online AND form_fields IS NOT NULL), 0)
             AS prefilled,
           sum(form_fields) FILTER (WHERE online) AS fields,
           coalesce(sum(form_fields) FILTER (WHERE online AND form_fields_prefilled IS NOT NULL), 0)
             AS fields_known
      FROM (SELECT s.*, level IN ('3', '4', 'partial', 'full') AS online
              FROM services_on(service_figures.day) s) s
     GROUP BY agency_id
  )
  SELECT known.agency_id, f.slug, f.numerator, f.denominator, f.provided, NULL::bigint, ''
    -- An agency whose services have all lapsed has 0 services; one that never sent a
    -- catalogue is not here at all.
    FROM (SELECT DISTINCT agency_id FROM service WHERE valid_from <= service_figures.day) known
    LEFT JOIN served s USING (agency_id)
   CROSS JOIN LATERAL (VALUES
     ('level4-services', coalesce(level4, 0), coalesce(services, 0), coalesce(services, 0)),
     ('help-channel', coalesce(help, 0), coalesce(services, 0), coalesce(help_known, 0)),
     ('npsp-integration', coalesce(npsp, 0), coalesce(online, 0), coalesce(npsp_known, 0)),
     ('mobile-signature', coalesce(signature, 0), coalesce(online, 0), coalesce(signature_known, 0)),
     ('electronic-dossier', coalesce(electronic, 0), coalesce(online, 0), coalesce(electronic_known, 0)),
     ('business-registry', coalesce(registry, 0), coalesce(online, 0), coalesce(registry_known, 0)),
     ('form-autofill', coalesce(prefilled, 0),
      CASE WHEN coalesce(online, 0) = 0 THEN 0 ELSE fields END, coalesce(fields_known, 0))
   ) AS f(slug, numerator, denominator, provided)
   WHERE f.denominator IS NOT NULL;
END $$;

-- Facts in force on DAY; disclosure of satisfaction is an act within the period.
-- One agency is one unit: 1/1 or 0/1.
CREATE OR REPLACE FUNCTION fact_figures(first date, stop date, day date) RETURNS SETOF figure
LANGUAGE plpgsql STABLE ROWS 600 SET enable_nestloop = on SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH span AS (
    SELECT f.*, coalesce(valid_to, lead(valid_from) OVER (PARTITION BY agency_id, fact, item
                                                          ORDER BY valid_from) - 1,
                         'infinity'::date) AS last_day
      FROM fact f
  ), held AS (
    SELECT DISTINCT ON (agency_id, fact, item) agency_id, fact, item, value
      FROM span
     WHERE fact_figures.day BETWEEN valid_from AND last_day AND fact <> 'satisfaction-disclosure'
     ORDER BY agency_id, fact, item, valid_from DESC
  ), catalogued AS MATERIALIZED (     -- who sent a catalogue, and has it any service in force?
    SELECT a.agency_id, (
        -- Looked up in the order of the key: the first one found is enough of an answer.
        SELECT true FROM service s
         WHERE s.agency_id = a.agency_id AND s.valid_from <= fact_figures.day
           AND coalesce(s.valid_to,
                        (SELECT min(n.valid_from) - 1 FROM service n
                          WHERE n.agency_id = s.agency_id AND n.procedure = s.procedure
                            AND n.valid_from > s.valid_from), 'infinity') >= fact_figures.day
         ORDER BY s.procedure, s.valid_from LIMIT 1) AS serves
      FROM agency a
     WHERE (SELECT true FROM service s
             WHERE s.agency_id = a.agency_id AND s.valid_from <= fact_figures.day LIMIT 1)
  )
  SELECT h.agency_id, i.slug, bool_and(h.value)::int::bigint, 1::bigint, 1::bigint, NULL::bigint, ''
    FROM held h JOIN indicator i ON i.kind = 'fact' AND i.numerator = h.fact
   GROUP BY h.agency_id, i.slug
  UNION ALL
  -- Only who provides services can publish satisfaction with them: an agency whose
  -- catalogue came and holds none does not count (0 / 0).  What was published within the period
  -- by those it follows, it answers for.
  SELECT coalesce(f.agency_id, e.agency_id), 'satisfaction-disclosure',
         CASE WHEN e.agency_id IS NULL THEN f.value::int ELSE 0 END,
         (e.agency_id IS NULL)::int, (e.agency_id IS NULL)::int, NULL, ''
    FROM (SELECT h.heir_id AS agency_id, bool_or(value) AS value
            FROM fact f JOIN agency_heir h ON h.agency_id = f.agency_id
             AND fact_figures.day BETWEEN h.first_day AND h.last_day
           WHERE fact = 'satisfaction-disclosure' AND valid_from >= first
             AND valid_from < stop AND valid_from <= fact_figures.day
            GROUP BY h.heir_id) f
    FULL JOIN (SELECT c.agency_id FROM catalogued c WHERE c.serves IS NULL) e
      ON e.agency_id = f.agency_id;
END $$;

-- Indicators over reported totals: those over STOCKS, as they stood on DAY, or those over
-- flows.  A breakdown whose numerator was not told stays in the denominator, not provided.
-- The numbers of a flow are null where they were told in part only, and of a row that begins
-- within the period where it was not told of from the day on at which all that it follows end:
-- a sum with a gap, or with days that count twice, would pass for that of the period.
CREATE OR REPLACE FUNCTION count_figures(first date, stop date, day date, stocks boolean)
RETURNS SETOF figure
LANGUAGE plpgsql STABLE ROWS 600 SET enable_nestloop = on SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  -- A tier that ends within the period is asked for until then.
  district_end date := coalesce((SELECT min(p.valid_from) FROM population p
                                  WHERE p.slug = 'work-files-online-district' AND p.closed
                                    AND p.kinds = '{}' AND p.members = '{}'
                                    AND p.valid_from > first AND p.valid_from < stop), stop);
BEGIN
  RETURN QUERY
  WITH formula(slug, numerator, denominator, breakdown) AS (VALUES
    ('verified-identity', 'participants_verified', 'participants', NULL),
    ('periodic-reports', 'report_regimes_online', 'report_regimes', NULL),
    ('connected-systems', 'systems_connected', 'systems', NULL),
    ('electronic-documents', 'documents_exchanged_electronic', 'documents_exchanged', NULL),
    ('work-files-online', 'work_files_online', 'work_files', 'ministry_province'),
    ('work-files-online-district', 'work_files_online', 'work_files', 'district'),
    ('work-files-online-commune', 'work_files_online', 'work_files', 'commune'),
    ('meeting-time', 'meeting_minutes', 'meeting_minutes_baseline', '')
  ), told AS MATERIALIZED (
    SELECT *
      FROM flow_told(first, stop, false, '{documents_exchanged,documents_exchanged_electronic,work_files,work_files_online,meeting_minutes,meeting_minutes_baseline}')
     WHERE NOT stocks AND (breakdown <> 'district' OR district_end = stop)
    UNION ALL
    SELECT *
      FROM flow_told(first, district_end, false, '{work_files,work_files_online}')
     WHERE NOT stocks AND breakdown = 'district' AND district_end < stop
    UNION ALL
    -- Parts told as late as the whole or later replace it.
    SELECT agency_id, measure, breakdown, value, NULL, NULL
      FROM (SELECT s.*, max(end_day) FILTER (WHERE breakdown = '') OVER one AS whole,
                   max(end_day) FILTER (WHERE breakdown <> '') OVER one AS parts
              FROM stock_counts(count_figures.day, stock_measures()) s
            WINDOW one AS (PARTITION BY agency_id, measure)) s
     WHERE stocks
       AND CASE WHEN breakdown = '' THEN parts IS NULL OR whole > parts
                ELSE whole IS NULL OR whole <= parts END
  ), part AS MATERIALIZED (
    SELECT g.agency_id, g.slug, g.denominator, g.began, g.ended,
           CASE WHEN (g.part_began, g.part_ended) IS NOT DISTINCT FROM (g.began, g.ended)
                THEN g.numerator END AS numerator
      FROM (SELECT t.agency_id, f.slug, count(*) FILTER (WHERE t.measure = f.denominator) AS wholes,
                   max(t.value) FILTER (WHERE t.measure = f.numerator) AS numerator,
                   max(t.value) FILTER (WHERE t.measure = f.denominator) AS denominator,
                   max(t.began) FILTER (WHERE t.measure = f.denominator) AS began,
                   max(t.ended) FILTER (WHERE t.measure = f.denominator) AS ended,
                   max(t.began) FILTER (WHERE t.measure = f.numerator) AS part_began,
                   max(t.ended) FILTER (WHERE t.measure = f.numerator) AS part_ended
              FROM told t
              JOIN formula f ON t.measure IN (f.numerator, f.denominator)
                            AND coalesce(f.breakdown, t.breakdown) = t.breakdown
             GROUP BY t.agency_id, f.slug, t.breakdown) g
     WHERE g.wholes > 0
       AND (g.slug <> 'meeting-time' OR g.denominator IS NULL OR g.numerator IS NOT NULL)
  )
  SELECT agency_id, slug, coalesce(sum(numerator), 0)::bigint, sum(denominator)::bigint,
         coalesce(sum(denominator) FILTER (WHERE numerator IS NOT NULL), 0)::bigint, NULL::bigint, ''
    FROM part WHERE slug <> 'meeting-time'
   GROUP BY agency_id, slug HAVING bool_and(denominator IS NOT NULL)
  UNION ALL
  SELECT agency_id, slug, denominator - numerator, denominator, denominator, NULL, ''
    FROM part WHERE slug = 'meeting-time' AND denominator IS NOT NULL
  UNION ALL              -- told in part
  SELECT DISTINCT agency_id, slug, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, ''
    FROM part WHERE denominator IS NULL
  UNION ALL
  SELECT DISTINCT a.agency_id, p.slug, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, ''
    FROM part p
    JOIN agency b USING (agency_id)
    JOIN agency_heir h ON h.agency_id = p.agency_id AND h.first_day = b.valid_to + 1
    JOIN agency a ON a.agency_id = h.heir_id AND a.valid_from > first AND a.valid_from < stop
    LEFT JOIN part o ON o.agency_id = a.agency_id AND o.slug = p.slug AND o.denominator IS NOT NULL
   WHERE NOT stocks AND p.denominator IS NOT NULL
     AND p.ended <> coalesce(o.began, CASE WHEN p.slug = 'work-files-online-district' THEN district_end
                                           ELSE stop END);
END $$;

-- Viet Nam's position among the South-East Asian countries of the UN survey of a year, with or
-- without Timor-Leste, as place over 1; no row unless all of them were surveyed.
CREATE OR REPLACE FUNCTION asean_figures(survey_year int, timor_leste boolean) RETURNS SETOF figure
LANGUAGE sql STABLE AS $$
  WITH survey AS (
    SELECT country, value AS place FROM national
     WHERE series = 'un-egdi-rank' AND year = survey_year
       AND (country IN ('BRN', 'IDN', 'KHM', 'LAO', 'MMR', 'MYS', 'PHL', 'SGP', 'THA', 'VNM')
            OR (country = 'TLS' AND timor_leste))
  )
  SELECT 0, 'asean-rank', (SELECT 1 + count(*) FROM survey s WHERE s.place < home.place), 1::bigint,
         1::bigint, NULL::bigint, ''
    FROM survey home
   WHERE country = 'VNM' AND (SELECT count(*) FROM survey WHERE country <> 'TLS') = 10
$$;

-- Places of the UN survey of a calendar year: the nation's only, as place over 1.
CREATE OR REPLACE FUNCTION survey_figures(survey_year int) RETURNS SETOF figure
LANGUAGE sql STABLE AS $$
  SELECT 0, 'un-rank', value::bigint, 1::bigint, 1::bigint, NULL::bigint, '' FROM national
   WHERE series = 'un-egdi-rank' AND year = survey_year AND country = 'VNM'
  UNION ALL
  SELECT * FROM asean_figures(survey_year, true)
$$;
