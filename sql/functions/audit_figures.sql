-- audit_figures.sql -- what observations() prints, worked out a second time: from the
-- records and registers, by other expressions than figures.sql, judgements.sql and
-- observations.sql have.  Of dossiers the sums come from audit(), which reads them.

-- What audit() found of an agency's row: since when it has dossiers, and what was settled
-- in a period, from the day on which its records count.
CREATE TYPE audit_sum AS (
  code text, agency_id int, first_day date, first_settled date,
  resolved bigint, resolved_online bigint, level4_online bigint, due_known bigint, on_time bigint,
  one_stop_known bigint, one_stop bigint, paid_known bigint, paid_online bigint,
  filed_by_known bigint, assisted bigint, scored bigint, satisfied bigint);

-- The periods that are asked for most: from the first record to the last each year, by both
-- calendars, and each quarter; and whatever was published.
CREATE FUNCTION audit_periods() RETURNS text[]
LANGUAGE sql STABLE AS $$
  WITH known(day) AS (
    SELECT unnest(ARRAY[min(day), max(day)]) FROM day_total
    UNION ALL SELECT unnest(ARRAY[min(first_day), max(end_day) - 1]) FROM reported_count
    UNION ALL SELECT unnest(ARRAY[min(valid_from), max(valid_from)]) FROM service
    UNION ALL SELECT unnest(ARRAY[min(valid_from), max(valid_from)]) FROM fact
  )
  SELECT array_agg(code ORDER BY code)
    FROM (SELECT replace(form, 'Y', year::text) AS code
            FROM (SELECT extract(year FROM min(day))::int AS first, extract(year FROM max(day))::int AS last
                    FROM known) k,
                 -- the Resolution is of 2019
                 generate_series(greatest(k.first, 2018), k.last) year,
                 unnest('{Y,Y-Q1,Y-Q2,Y-Q3,Y-Q4,ND09-Y}'::text[]) form
          UNION SELECT period FROM vintage) p
$$;

-- Flows of MEASURES by counts: forward from the first day, each time by the longest count from whose end
-- the end of the span can be reached.  The span is the period, or of it the days on which the
-- agency's row was in force; it ends with a count that runs over the row's end where nothing
-- ends with the row, and whoever follows begins there.  ENDS: where the span ends, of agencies
-- whose ends earlier; STARTS: the day within it from which on it may end with any count, if nothing
-- leads to its end.  VALUE is null of what was told in part only.
CREATE FUNCTION audit_tiling(measures text[], first date, stop date, ends jsonb, starts jsonb)
RETURNS TABLE (agency_id int, measure text, breakdown text, value numeric, since date, until date)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
  WITH RECURSIVE told AS MATERIALIZED (
    SELECT r.agency_id, r.measure, r.breakdown, r.period, r.first_day, r.end_day, r.value,
           greatest(first, a.valid_from) AS begins, least(stop, a.valid_to + 1) AS goes,
           least(stop, (ends ->> r.agency_id::text)::date) AS limit_day,
           (starts ->> r.agency_id::text)::date AS floor_day
      FROM reported_count r LEFT JOIN agency a ON a.agency_id = r.agency_id
     WHERE r.first_day >= first AND r.end_day <= stop AND r.measure = ANY (measures)
  ), overrun AS MATERIALIZED (
    SELECT t.agency_id, t.measure, t.breakdown, max(t.end_day) AS day FROM told t
     WHERE t.first_day < t.goes AND t.end_day > t.goes AND t.first_day >= t.begins AND t.limit_day >= stop
     GROUP BY t.agency_id, t.measure, t.breakdown
  ), wanted AS MATERIALIZED (  -- every span that may be asked for
    SELECT DISTINCT t.agency_id, t.measure, t.breakdown, t.begins AS since, least(t.goes, t.limit_day) AS until
      FROM told t WHERE t.first_day >= t.begins AND t.end_day <= least(t.goes, t.limit_day)
    UNION
    SELECT t.agency_id, t.measure, t.breakdown, t.begins, t.end_day
      FROM told t WHERE t.first_day >= t.begins AND t.floor_day > t.begins
                    AND t.end_day BETWEEN t.floor_day AND least(t.goes, t.limit_day)
    UNION
    SELECT o.agency_id, o.measure, o.breakdown, greatest(first, a.valid_from), o.day
      FROM overrun o JOIN agency a USING (agency_id)
    UNION
    SELECT DISTINCT t.agency_id, t.measure, t.breakdown, o.day, least(t.goes, t.limit_day)
      FROM told t
      JOIN agency p ON p.successor_id = t.agency_id
      JOIN overrun o ON o.agency_id = p.agency_id AND o.measure = t.measure AND o.breakdown = t.breakdown
     WHERE t.first_day >= o.day AND o.day < least(t.goes, t.limit_day)
  ), back AS (           -- the days from which counts lead to the end
    SELECT w.*, w.until AS day FROM wanted w
    UNION
    SELECT b.agency_id, b.measure, b.breakdown, b.since, b.until, r.first_day
      FROM back b JOIN told r
        ON r.agency_id = b.agency_id AND r.measure = b.measure AND r.breakdown = b.breakdown
       AND r.end_day = b.day AND r.first_day >= b.since
  ), step AS MATERIALIZED (   -- from each day the longest that leads there
    SELECT DISTINCT ON (b.agency_id, b.measure, b.breakdown, b.since, b.until, r.first_day)
           b.agency_id, b.measure, b.breakdown, b.since, b.until, r.first_day, r.end_day, r.value
      FROM told r
      JOIN back b ON b.agency_id = r.agency_id AND b.measure = r.measure
                 AND b.breakdown = r.breakdown AND b.day = r.end_day
     ORDER BY b.agency_id, b.measure, b.breakdown, b.since, b.until, r.first_day, r.end_day DESC, r.period
  ), walk AS (
    SELECT w.*, w.since AS day, 0::numeric AS value FROM wanted w
    UNION ALL
    SELECT w.agency_id, w.measure, w.breakdown, w.since, w.until, n.end_day, w.value + n.value
      FROM walk w
      JOIN step n ON n.agency_id = w.agency_id AND n.measure = w.measure AND n.breakdown = w.breakdown
                 AND n.since = w.since AND n.until = w.until AND n.first_day = w.day
     WHERE w.day < w.until
  ), answer AS MATERIALIZED (
    SELECT w.*, k.value, a.valid_from, a.valid_to, a.successor_id
      FROM wanted w
      LEFT JOIN agency a ON a.agency_id = w.agency_id
      LEFT JOIN walk k ON (k.agency_id, k.measure, k.breakdown, k.since, k.until)
                        = (w.agency_id, w.measure, w.breakdown, w.since, w.until)
                      AND k.day = w.until AND k.day > w.since
  ), ended AS (          -- those that ended, each by its row's end rather than beyond
    SELECT DISTINCT ON (w.agency_id, w.measure, w.breakdown) w.*
      FROM answer w
     WHERE NOT w.since > greatest(first, w.valid_from)
     ORDER BY w.agency_id, w.measure, w.breakdown, w.value IS NULL, w.until > w.valid_to + 1, w.until DESC
  ), from_day AS (       -- from where on who follows is asked
    SELECT e.successor_id AS agency_id, e.measure, e.breakdown, min(e.until) AS day
      FROM ended e
     WHERE e.value IS NOT NULL AND e.until > e.valid_to + 1
     GROUP BY e.successor_id, e.measure, e.breakdown HAVING min(e.until) = max(e.until)
  )
  SELECT w.agency_id, w.measure, w.breakdown, w.value, w.since, w.until
    FROM answer w
    LEFT JOIN from_day d ON d.agency_id = w.agency_id AND d.measure = w.measure AND d.breakdown = w.breakdown
     AND EXISTS (SELECT FROM answer x WHERE x.agency_id = w.agency_id AND x.measure = w.measure
                    AND x.breakdown = w.breakdown AND x.since = d.day)
    LEFT JOIN ended e ON e.agency_id = w.agency_id AND e.measure = w.measure AND e.breakdown = w.breakdown
   WHERE w.since = coalesce(d.day, e.since) AND (d.day IS NOT NULL OR w.until = e.until)
$$;

-- Settled dossiers of each row of the register, and the totals that stand for them before
-- its records begin.
CREATE FUNCTION audit_settled(code text, first date, stop date, sums audit_sum[])
RETURNS TABLE (agency_id int, slug text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE sql STABLE AS $$
  WITH home AS (
    SELECT a.agency_id, a.records_from, s, coalesce(a.records_from, (s).first_day) < stop AS on_records,
           CASE WHEN coalesce(a.records_from, (s).first_day) IS NOT NULL
                THEN coalesce(a.records_from, (s).first_settled) END AS totals_end,
           EXISTS (SELECT FROM service v WHERE v.agency_id = a.agency_id) AS has_catalogue
      FROM agency a
      LEFT JOIN unnest(sums) s ON (s).agency_id = a.agency_id AND (s).code = audit_settled.code
  ), early AS MATERIALIZED (
    SELECT * FROM audit_tiling('{dossiers_resolved,dossiers_resolved_online,dossiers_resolved_one_stop,
                                 dossiers_resolved_on_time}', first, stop,
             (SELECT jsonb_object_agg(agency_id, totals_end)
                FILTER (WHERE totals_end IS NOT NULL) FROM home),
             (SELECT jsonb_object_agg(agency_id, coalesce(records_from, (s).first_day))
                FILTER (WHERE coalesce(records_from, (s).first_day) IS NOT NULL) FROM home)) WHERE breakdown = ''
  ), whole AS MATERIALIZED (
    SELECT * FROM audit_tiling('{dossiers_resolved,satisfaction_responses,satisfaction_satisfied}',
                               first, stop, '{}', '{}') WHERE breakdown = ''
  ), total AS (
    SELECT h.*,
           (SELECT value FROM early t WHERE t.agency_id = h.agency_id AND measure = 'dossiers_resolved')
             AS early,
           (SELECT value FROM early t WHERE t.agency_id = h.agency_id AND measure = 'dossiers_resolved_online')
             AS early_online,
           (SELECT value FROM early t WHERE t.agency_id = h.agency_id AND measure = 'dossiers_resolved_one_stop')
             AS early_one_stop,
           (SELECT value FROM early t WHERE t.agency_id = h.agency_id AND measure = 'dossiers_resolved_on_time')
             AS early_on_time,
           (SELECT value FROM whole t WHERE t.agency_id = h.agency_id AND measure = 'dossiers_resolved')
             AS told,
           (SELECT value FROM whole t WHERE t.agency_id = h.agency_id AND measure = 'satisfaction_responses')
             AS responses,
           (SELECT value FROM whole t WHERE t.agency_id = h.agency_id AND measure = 'satisfaction_satisfied')
             AS content
      FROM home h
  ), sum AS (
    SELECT t.*, coalesce((s).resolved, 0) AS own, coalesce((s).resolved_online, 0) AS own_online,
           coalesce((s).scored, 0) AS scored, coalesce(t.early, 0) AS before,
           coalesce(on_records, false) AS speaks
      FROM total t
  )
  SELECT x.agency_id, f.slug, f.n::bigint, f.d::bigint, f.k::bigint
    FROM sum x
   CROSS JOIN LATERAL (VALUES
     ('online-filing', own_online + coalesce(early_online, 0) * (early IS NOT NULL)::int,
      own + before, own + CASE WHEN early_online IS NULL THEN 0 ELSE before END,
      speaks OR early IS NOT NULL),
     ('one-stop', coalesce((s).one_stop, 0) + coalesce(early_one_stop, 0) * (early IS NOT NULL)::int,
      greatest(own + before, told),
      coalesce((s).one_stop_known, 0) + CASE WHEN early_one_stop IS NULL THEN 0 ELSE before END,
      speaks OR early IS NOT NULL),
     ('on-time', coalesce((s).on_time, 0) + coalesce(early_on_time, 0) * (early IS NOT NULL)::int,
      coalesce((s).due_known, 0) + before,
      coalesce((s).due_known, 0) + CASE WHEN early_on_time IS NULL THEN 0 ELSE before END,
      speaks OR early IS NOT NULL),
     ('level4-filing', coalesce((s).level4_online, 0), own,
      own - CASE WHEN has_catalogue THEN 0
                 ELSE own_online + coalesce(early_online, 0) * (early IS NOT NULL)::int END, speaks),
     ('electronic-payment', coalesce((s).paid_online, 0), coalesce((s).paid_known, 0),
      coalesce((s).paid_known, 0), speaks),
     ('assisted-filing', coalesce((s).assisted, 0), coalesce((s).filed_by_known, 0),
      coalesce((s).filed_by_known, 0), speaks),
     ('satisfaction',
      CASE WHEN scored > 0 OR responses IS NULL THEN coalesce((s).satisfied, 0) ELSE coalesce(content, 0) END,
      CASE WHEN scored > 0 OR responses IS NULL THEN scored ELSE responses END,
      CASE WHEN scored > 0 OR responses IS NULL THEN scored
           WHEN content IS NULL THEN 0 ELSE responses END,
      speaks OR responses IS NOT NULL)
   ) f(slug, n, d, k, is_there)
   WHERE f.is_there
$$;

-- Services in force on DAY: of a procedure the newest row that began and has not ended.
CREATE FUNCTION audit_held(day date)
RETURNS TABLE (agency_id int, procedure text, level text, online boolean, help_channel boolean,
  npsp_integrated boolean, mobile_signature boolean, electronic_dossier boolean,
  business_registry boolean, for_enterprises boolean, form_fields bigint, form_fields_prefilled bigint)
LANGUAGE sql STABLE AS $$
  WITH began AS (
    SELECT s.* FROM service s
     WHERE s.valid_from <= audit_held.day
       AND CASE WHEN s.valid_to IS NOT NULL THEN s.valid_to >= audit_held.day
                ELSE NOT EXISTS (SELECT FROM service n
                                  WHERE n.agency_id = s.agency_id AND n.procedure = s.procedure
                                    AND n.valid_from > s.valid_from AND n.valid_from <= audit_held.day)
           END
  )
  SELECT b.agency_id, b.procedure, b.level::text, b.level = ANY ('{3,4,partial,full}'), b.help_channel,
         b.npsp_integrated, b.mobile_signature, b.electronic_dossier, b.business_registry,
         b.for_enterprises, b.form_fields, b.form_fields_prefilled
    FROM began b
   WHERE NOT EXISTS (SELECT FROM began n WHERE n.agency_id = b.agency_id
                        AND n.procedure = b.procedure AND n.valid_from > b.valid_from)
$$;

CREATE FUNCTION audit_services(day date)
RETURNS TABLE (agency_id int, slug text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE sql STABLE AS $$
  WITH held AS (
    SELECT h.*, h.level = ANY ('{4,full}') AS whole FROM audit_held(audit_services.day) h
  ), unit AS (           -- one service under one indicator: has it, counts it, is it told
    SELECT agency_id, 'level4-services' AS slug, whole::int AS n, 1 AS d, 1 AS k FROM held
    UNION ALL SELECT agency_id, 'help-channel', coalesce(help_channel, false)::int, 1,
                     (help_channel IS NOT NULL)::int FROM held
    UNION ALL
    SELECT h.agency_id, o.slug, coalesce(o.has, false)::int, 1, (o.has IS NOT NULL)::int
      FROM held h
     CROSS JOIN LATERAL (VALUES ('npsp-integration', npsp_integrated),
                                ('mobile-signature', mobile_signature),
                                ('electronic-dossier', electronic_dossier),
                                ('business-registry', business_registry)) o(slug, has)
     WHERE h.online
    UNION ALL
    SELECT agency_id, 'form-autofill', coalesce(form_fields_prefilled, 0), form_fields,
           CASE WHEN form_fields_prefilled IS NULL THEN 0 ELSE form_fields END
      FROM held WHERE online AND form_fields IS NOT NULL
  )
  SELECT a.agency_id, i.slug, coalesce(sum(u.n), 0)::bigint, coalesce(sum(u.d), 0)::bigint,
         coalesce(sum(u.k), 0)::bigint
    FROM (SELECT DISTINCT s.agency_id FROM service s WHERE s.valid_from <= audit_services.day) a
   CROSS JOIN (SELECT slug FROM indicator WHERE kind = 'service') i
    LEFT JOIN unit u ON u.agency_id = a.agency_id AND u.slug = i.slug
   GROUP BY a.agency_id, i.slug
  -- online services of whose forms nothing was told: no figure
  HAVING i.slug <> 'form-autofill' OR count(u.d) > 0
      OR NOT EXISTS (SELECT FROM held h WHERE h.agency_id = a.agency_id AND h.online)
$$;

-- Facts, reported totals and the UN's survey.
CREATE FUNCTION audit_facts(first date, stop date, day date)
RETURNS TABLE (agency_id int, slug text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE sql STABLE AS $$
  WITH held AS (
    SELECT f.agency_id, f.fact, f.item, (array_agg(f.value ORDER BY f.valid_from DESC))[1] AS value
      FROM fact f
     WHERE f.fact <> 'satisfaction-disclosure' AND f.valid_from <= audit_facts.day
       AND CASE WHEN f.valid_to IS NOT NULL THEN f.valid_to >= audit_facts.day
                ELSE NOT EXISTS (SELECT FROM fact n
                                  WHERE n.agency_id = f.agency_id AND n.fact = f.fact
                                    AND n.item = f.item AND n.valid_from > f.valid_from
                                    AND n.valid_from <= audit_facts.day) END
     GROUP BY f.agency_id, f.fact, f.item
  ), without AS (        -- whose catalogue came and holds nothing
    SELECT DISTINCT s.agency_id FROM service s
     WHERE s.valid_from <= audit_facts.day
       AND NOT EXISTS (SELECT FROM audit_services(audit_facts.day) v
                        WHERE v.agency_id = s.agency_id AND v.slug = 'level4-services' AND v.denominator > 0)
  )
  SELECT h.agency_id, CASE h.fact WHEN 'npsp-connected' THEN 'system-connection' ELSE h.fact END,
         (NOT 'false' = ANY (array_agg(h.value::text)))::int, 1, 1
    FROM held h GROUP BY h.agency_id, h.fact
  UNION ALL
  SELECT w.agency_id, 'satisfaction-disclosure', 0, 0, 0 FROM without w
  UNION ALL
  SELECT a.agency_id, 'satisfaction-disclosure', max(f.value::int), 1, 1
    FROM agency a
    JOIN fact f ON EXISTS (SELECT FROM agency_heir h WHERE h.agency_id = f.agency_id AND h.heir_id = a.agency_id
                              AND h.first_day <= audit_facts.day AND h.last_day >= audit_facts.day)
   WHERE f.fact = 'satisfaction-disclosure' AND f.valid_from BETWEEN first AND stop - 1
     AND f.valid_from <= audit_facts.day
     AND a.agency_id NOT IN (SELECT w.agency_id FROM without w)
   GROUP BY a.agency_id
$$;

CREATE FUNCTION audit_counts(first date, stop date, day date)
RETURNS TABLE (agency_id int, slug text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE sql STABLE AS $$
  WITH last_of(part, stop) AS (   -- of a tier that ends within the period: when
    SELECT 'district', coalesce((SELECT p.valid_from FROM population p
                                  WHERE p.slug = 'work-files-online-district' AND p.closed
                                    AND p.valid_from > first AND p.valid_from < audit_counts.stop
                                    AND NOT EXISTS (SELECT FROM agency a WHERE a.kind = ANY (p.kinds)
                                                       OR a.agency_id = ANY (p.members))
                                  ORDER BY p.valid_from LIMIT 1), audit_counts.stop)
  ), asked AS (
    SELECT ARRAY(SELECT unnest(ARRAY[numerator, denominator]) FROM indicator WHERE kind = 'count')
             || '{meeting_minutes,meeting_minutes_baseline}' AS measures
  ), flow AS MATERIALIZED (
    SELECT t.* FROM asked q CROSS JOIN LATERAL audit_tiling(q.measures, first, stop, '{}', '{}') t WHERE t.breakdown <> 'district'
    UNION ALL
    SELECT t.* FROM asked q CROSS JOIN last_of l CROSS JOIN LATERAL audit_tiling(q.measures, first, l.stop, '{}', '{}') t
     WHERE t.breakdown = l.part
  ), latest AS MATERIALIZED (
    SELECT r.agency_id, r.measure, r.breakdown, r.value, r.end_day
      FROM reported_count r
     WHERE r.end_day - 1 <= audit_counts.day
       AND EXISTS (SELECT FROM indicator i WHERE r.measure IN (i.numerator, i.denominator)
                      AND i.slug IN ('verified-identity', 'periodic-reports', 'connected-systems'))
       AND NOT EXISTS (SELECT FROM reported_count n
                        WHERE n.agency_id = r.agency_id AND n.measure = r.measure
                          AND n.breakdown = r.breakdown AND n.end_day - 1 <= audit_counts.day
                          AND (n.end_day, n.first_day) > (r.end_day, r.first_day))
  ), stock AS MATERIALIZED (   -- the whole, unless its parts were told as late or later
    SELECT l.* FROM latest l
     WHERE CASE WHEN l.breakdown = ''
       THEN NOT EXISTS (SELECT FROM latest p WHERE p.agency_id = l.agency_id AND p.measure = l.measure
                           AND p.breakdown <> '' AND p.end_day >= l.end_day)
            AND NOT EXISTS (SELECT FROM latest p WHERE p.agency_id = l.agency_id
                               AND p.measure = l.measure AND p.breakdown <> ''
                            HAVING max(p.end_day) >= l.end_day)
       ELSE NOT EXISTS (SELECT FROM latest w WHERE w.agency_id = l.agency_id
                           AND w.measure = l.measure AND w.breakdown = ''
                           AND w.end_day > (SELECT max(p.end_day) FROM latest p
                                             WHERE p.agency_id = l.agency_id
                                               AND p.measure = l.measure AND p.breakdown <> '')) END
  ), named AS (
    SELECT i.slug, i.part, x.numerator, x.denominator
      FROM (VALUES ('electronic-documents', NULL), ('work-files-online', 'ministry_province'),
                   ('work-files-online-district', 'district'),
                   ('work-files-online-commune', 'commune')) i(slug, part)
      JOIN indicator x ON x.slug = i.slug
    UNION ALL SELECT 'meeting-time', '', 'meeting_minutes', 'meeting_minutes_baseline'
  ), gathered AS MATERIALIZED (
    SELECT w.agency_id, i.slug, min(w.since) AS since, max(w.until) AS until,
           CASE WHEN count(*) = count(w.value) THEN
             CASE i.slug WHEN 'meeting-time' THEN sum(w.value - p.value) ELSE coalesce(sum(p.value), 0) END
           END::bigint AS n,
           CASE WHEN count(*) = count(w.value) THEN sum(w.value) END::bigint AS d,
           CASE WHEN count(*) = count(w.value)
                THEN coalesce(sum(w.value) FILTER (WHERE p.value IS NOT NULL), 0) END::bigint AS k
      FROM named i
      JOIN flow w ON w.measure = i.denominator AND w.breakdown = coalesce(i.part, w.breakdown)
      LEFT JOIN flow p ON p.agency_id = w.agency_id AND p.measure = i.numerator AND p.breakdown = w.breakdown
                      AND p.since = w.since AND p.until = w.until
     WHERE i.slug <> 'meeting-time' OR p.value IS NOT NULL OR w.value IS NULL
     GROUP BY w.agency_id, i.slug
  )
  SELECT g.agency_id, g.slug, g.n, g.d, g.k FROM gathered g
  UNION ALL              -- a gap, or days told twice, between a row and the one that follows
  SELECT a.agency_id, g.slug, NULL, NULL, NULL
    FROM agency a
    JOIN agency b ON b.successor_id = a.agency_id
    JOIN gathered g ON g.agency_id = b.agency_id AND g.d IS NOT NULL
   CROSS JOIN last_of l
    LEFT JOIN gathered o ON o.agency_id = a.agency_id AND o.slug = g.slug AND o.d IS NOT NULL
   WHERE a.valid_from > first
     AND g.until <> coalesce(o.since, CASE g.slug WHEN 'work-files-online-district' THEN l.stop
                                                  ELSE audit_counts.stop END)
   GROUP BY a.agency_id, g.slug
  UNION ALL
  SELECT w.agency_id, x.slug, coalesce(sum(p.value), 0)::bigint, sum(w.value)::bigint,
         coalesce(sum(w.value) FILTER (WHERE p.value IS NOT NULL), 0)::bigint
    FROM indicator x
    JOIN stock w ON w.measure = x.denominator
    LEFT JOIN stock p ON p.agency_id = w.agency_id AND p.measure = x.numerator AND p.breakdown = w.breakdown
   WHERE x.slug IN ('verified-identity', 'periodic-reports', 'connected-systems')
   GROUP BY w.agency_id, x.slug
$$;

-- Places: how many countries stand before Viet Nam, and one.
CREATE FUNCTION audit_survey(survey_year int)
RETURNS TABLE (agency_id int, slug text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE sql STABLE AS $$
  SELECT 0, i.slug, CASE i.slug WHEN 'un-rank' THEN h.value
         ELSE (SELECT count(*) + 1 FROM national o
                WHERE o.series = h.series AND o.year = h.year AND o.value < h.value
                  AND o.country = ANY ('{BRN,IDN,KHM,LAO,MMR,MYS,PHL,SGP,THA,TLS}')) END::bigint, 1, 1
    FROM national h CROSS JOIN (VALUES ('un-rank'), ('asean-rank')) i(slug)
   WHERE h.series = 'un-egdi-rank' AND h.country = 'VNM' AND h.year = survey_year
     AND (i.slug = 'un-rank'
          OR 10 = (SELECT count(*) FROM national o
                    WHERE o.series = h.series AND o.year = h.year
                      AND o.country = ANY ('{BRN,IDN,KHM,LAO,MMR,MYS,PHL,SGP,THA,VNM}')))
$$;

-- The three numbers of every line of a period, as they ought to be: agencies in force on DAY
-- with what their predecessors did, the others for themselves, and the nation where it was told.
CREATE FUNCTION audit_expected(code text, sums audit_sum[])
RETURNS TABLE (agency_id int, slug text, numerator bigint, denominator bigint, provided bigint)
LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$
#variable_conflict use_column
DECLARE
  first date := lower(period_range(code));
  stop date := upper(period_range(code));
  day date := least(stop - 1, (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date);
  year int := CASE WHEN code ~ '^\d{4}$' THEN code END;
BEGIN
  RETURN QUERY
  WITH unit AS (
    SELECT s.*, true AS flows FROM audit_settled(code, first, stop, sums) s WHERE first <= day
    UNION ALL
    SELECT c.*, i.slug IN ('electronic-documents', 'meeting-time') OR i.slug LIKE 'work-files%'
      FROM audit_counts(first, stop, day) c JOIN indicator i ON i.slug = c.slug
    UNION ALL SELECT s.*, false FROM audit_services(day) s
    UNION ALL SELECT f.*, false FROM audit_facts(first, stop, day) f
    UNION ALL SELECT s.*, false FROM audit_survey(year) s
  )
  SELECT u.agency_id, u.slug, u.numerator, u.denominator, u.provided
    FROM unit u WHERE u.agency_id = 0
  UNION ALL
  SELECT w.counts_for, u.slug, sum(u.numerator)::bigint, sum(u.denominator)::bigint,
         sum(u.provided)::bigint
    FROM unit u
    JOIN agency a ON a.agency_id = u.agency_id
   CROSS JOIN LATERAL (
     SELECT h.heir_id AS counts_for FROM agency_heir h
      WHERE h.agency_id = a.agency_id AND day BETWEEN h.first_day AND h.last_day
        AND (u.flows OR day BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity'))
     UNION
     SELECT a.agency_id WHERE u.flows) w
    -- a row that is gone speaks only of what it did itself
    JOIN agency t ON t.agency_id = w.counts_for
     AND (t.agency_id = a.agency_id OR day BETWEEN t.valid_from AND coalesce(t.valid_to, 'infinity'))
   GROUP BY w.counts_for, u.slug
  HAVING count(*) = count(u.denominator);    -- all of the period was told
END $$;

-- Of which agencies the nation is made, by the newest list for the indicator, else for all.
CREATE FUNCTION audit_counted(wanted text, first date, day date) RETURNS SETOF int
LANGUAGE sql STABLE AS $$
  SELECT a.agency_id
    FROM (SELECT p.* FROM population p
           WHERE (p.slug = wanted OR p.slug IS NULL) AND p.valid_from <= audit_counted.day
             AND (NOT p.closed OR p.valid_from <= first)
           ORDER BY p.slug IS NULL, p.valid_from DESC LIMIT 1) p
    JOIN agency a ON audit_counted.day >= a.valid_from
     AND (a.valid_to IS NULL OR audit_counted.day <= a.valid_to)
     AND (a.kind = ANY (p.kinds)
          OR EXISTS (SELECT FROM agency_heir h WHERE h.agency_id = ANY (p.members)
                        AND h.heir_id = a.agency_id
                        AND audit_counted.day BETWEEN h.first_day AND h.last_day))
$$;

CREATE FUNCTION audit_population(wanted text, first date, day date) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT count(*) FROM audit_counted(wanted, first, audit_population.day) $$;

-- N / D in units of 1 / UNITS as it ought to be printed: half up, but never up to the target,
-- nor down to it where the target is a MOST.
CREATE FUNCTION audit_printed(n bigint, d bigint, units int, target_n bigint, target_d bigint,
                              most boolean DEFAULT false) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN most AND n::numeric * target_d > target_n::numeric * d
                   AND round(units::numeric * n / d) * target_d <= units::numeric * target_n
              THEN ceil(units::numeric * n / d)
              WHEN most THEN round(units::numeric * n / d)
              WHEN n::numeric * target_d < target_n::numeric * d
                   AND round(units::numeric * n / d) * target_d >= units::numeric * target_n
              THEN trunc(units::numeric * n / d) ELSE round(units::numeric * n / d) END::bigint
$$;

-- An end of the Wilson 95% interval of N out of D, in hundredths of a percent: a root of
-- (n/d - x)^2 = z^2 x (1 - x) / d, the lower one for SIDE -1, the upper one for 1.
CREATE FUNCTION audit_interval(n bigint, d bigint, side int) RETURNS float8
LANGUAGE sql IMMUTABLE AS $$
  SELECT 10000 * (2 * n + 3.841458820694124 + side * sqrt(3.841458820694124::float8
                    * (3.841458820694124 + 4 * n::float8 * (d - n) / d))) / (2 * (d + 3.841458820694124))
$$;

-- Where the straight path starts, of the targets still open on TODAY: the first figure in each
-- one's window that a row of the register had, or the nation itself.  Dossiers and what stands
-- are looked at month by month, totals of a span when they were told first, surveys by year.
CREATE FUNCTION audit_first(today date, on_day date)
RETURNS TABLE (target_id text, agency_id int, day date, n bigint, d bigint)
LANGUAGE sql STABLE AS $$
  WITH ahead AS MATERIALIZED (
    SELECT t.target_id, t.slug, i.kind, i.numerator, i.denominator, i.tier, b.begins,
           i.denominator IN ('participants', 'report_regimes', 'systems') AS stands
      FROM target t JOIN target_set s USING (set_name) JOIN indicator i ON i.slug = t.slug
     CROSS JOIN LATERAL (
       SELECT greatest(s.begins, (SELECT max(p.deadline) FROM target p
                                   WHERE p.set_name = t.set_name AND p.slug = t.slug
                                     AND p.deadline < t.deadline)) AS begins) b
     WHERE t.deadline >= today AND t.set_name = chosen_set()
  ), month AS MATERIALIZED (   -- of dossiers
    SELECT a.target_id, c.agency_id, date_part('year', c.day) AS year, date_part('month', c.day) AS month,
           sum(CASE a.slug WHEN 'on-time' THEN c.due_known WHEN 'satisfaction' THEN c.scored
                           WHEN 'electronic-payment' THEN c.paid_known
                           WHEN 'assisted-filing' THEN c.filed_by_known ELSE c.resolved END)::bigint AS d,
           sum(CASE a.slug WHEN 'online-filing' THEN c.resolved_online WHEN 'one-stop' THEN c.one_stop
                           WHEN 'level4-filing' THEN c.level4_online WHEN 'on-time' THEN c.on_time
                           WHEN 'satisfaction' THEN c.satisfied WHEN 'electronic-payment' THEN c.paid_online
                           ELSE c.assisted END)::bigint AS n
      FROM ahead a JOIN day_total c ON c.day > a.begins
     WHERE a.kind = 'dossier' GROUP BY 1, 2, 3, 4
  ), since AS (          -- from when on something is there to be looked at
    SELECT a.target_id, s.agency_id, s.valid_from AS day FROM ahead a, service s WHERE a.kind = 'service'
    UNION ALL
    SELECT a.target_id, f.agency_id, f.valid_from FROM ahead a JOIN fact f ON f.fact = a.numerator
     WHERE a.kind = 'fact' AND NOT (a.slug = 'satisfaction-disclosure' AND f.valid_from <= a.begins)
    UNION ALL
    SELECT a.target_id, c.agency_id, c.end_day - 1 FROM ahead a JOIN reported_count c ON c.measure = a.denominator
     WHERE a.stands
  ), span AS MATERIALIZED (
    SELECT a.target_id, a.slug, x.agency_id, x.first, x.first + interval '1 month' AS stop
      FROM ahead a
      JOIN (SELECT s.target_id, s.agency_id, min(s.day) AS day FROM since s GROUP BY 1, 2) k USING (target_id)
     CROSS JOIN LATERAL (SELECT k.agency_id, greatest(k.day, a.begins + 1) AS day,
                                date_trunc('month', greatest(k.day, a.begins + 1)) AS first) x
     WHERE x.day <= on_day
    UNION ALL
    SELECT a.target_id, a.slug, c.agency_id, c.first_day, c.end_day
      FROM ahead a
      JOIN reported_count c ON c.measure = a.denominator AND c.first_day > a.begins AND c.end_day <= on_day + 1
       AND c.breakdown = coalesce(a.tier, CASE a.slug WHEN 'work-files-online' THEN 'ministry_province' ELSE '' END)
     WHERE a.kind IN ('count', 'reduction') AND NOT a.stands
       AND NOT EXISTS (SELECT FROM reported_count e
                        WHERE e.agency_id = c.agency_id AND e.measure = c.measure AND e.breakdown = c.breakdown
                          AND e.first_day > a.begins
                          AND (e.end_day, -(e.first_day - date '2000-01-01'), e.period)
                              < (c.end_day, -(c.first_day - date '2000-01-01'), c.period))
  ), seen AS MATERIALIZED (
    SELECT t.*, f.agency_id, f.slug AS about, f.numerator, f.denominator
      FROM (SELECT DISTINCT s.first::date, s.stop::date FROM span s) t
     CROSS JOIN LATERAL (
       SELECT v.*, true AS stands FROM audit_services(t.stop - 1) v
       UNION ALL SELECT v.*, true FROM audit_facts(t.first, t.stop, t.stop - 1) v
       UNION ALL SELECT v.*, v.slug IN ('verified-identity', 'periodic-reports', 'connected-systems')
         FROM audit_counts(t.first, t.stop, t.stop - 1) v) f
      LEFT JOIN agency g ON g.agency_id = f.agency_id
     WHERE NOT f.stands OR f.agency_id = 0
        OR t.stop - 1 BETWEEN g.valid_from AND coalesce(g.valid_to, 'infinity')
  )
  SELECT m.target_id, m.agency_id,
         (make_date(m.year::int, m.month::int, 1) + interval '1 month - 1 day')::date, m.n, m.d
    FROM month m
   WHERE m.d > 0
     AND NOT EXISTS (SELECT FROM month e WHERE e.target_id = m.target_id AND e.agency_id = m.agency_id
                        AND e.d > 0 AND (e.year, e.month) < (m.year, m.month))
  UNION ALL
  SELECT p.target_id, p.agency_id, (p.stop - interval '1 day')::date, f.numerator, f.denominator
    FROM span p
    JOIN seen f ON f.agency_id = p.agency_id AND f.about = p.slug AND f.first = p.first AND f.stop = p.stop
   WHERE f.denominator > 0
  UNION ALL
  SELECT a.target_id, 0, make_date(y.year, 12, 31), v.numerator, v.denominator
    FROM ahead a
   CROSS JOIN LATERAL (SELECT n.year FROM national n
                        WHERE n.series = 'un-egdi-rank' AND n.country = 'VNM'
                          AND n.year >= extract(year FROM a.begins + 1) AND n.year <= extract(year FROM on_day)
                        ORDER BY n.year LIMIT 1) y
   CROSS JOIN LATERAL audit_survey(y.year) v
   WHERE a.kind = 'survey' AND v.slug = a.slug
$$;

-- The same of those in force on ON_DAY with what they answer for, and of the nation (0).
CREATE FUNCTION audit_path(today date, on_day date)
RETURNS TABLE (target_id text, agency_id int, day date, n bigint, d bigint)
LANGUAGE sql STABLE AS $$
  WITH first AS MATERIALIZED (SELECT * FROM audit_first(today, on_day)),
  counted AS (           -- whose figures make the nation's
    SELECT t.target_id, i.scope, a.agency_id
      FROM target t JOIN indicator i ON i.slug = t.slug
     CROSS JOIN LATERAL (
       SELECT p.* FROM population p
        WHERE (p.slug = t.slug OR p.slug IS NULL) AND p.valid_from <= on_day
        ORDER BY p.slug IS NULL, p.valid_from DESC LIMIT 1) p
      JOIN agency a ON on_day >= a.valid_from AND (a.valid_to IS NULL OR a.valid_to >= on_day)
       AND (a.kind = ANY (p.kinds) OR EXISTS (
             SELECT FROM agency_heir h WHERE h.agency_id = ANY (p.members) AND h.heir_id = a.agency_id
                AND on_day BETWEEN h.first_day AND h.last_day))
     WHERE t.deadline >= today
  ), part AS (
    SELECT f.target_id, h.heir_id AS whose, f.day, f.n, f.d
      FROM first f JOIN agency_heir h USING (agency_id) WHERE on_day BETWEEN h.first_day AND h.last_day
  ), line AS (
    SELECT * FROM part
    UNION ALL
    SELECT p.target_id, 0, p.day, p.n, p.d FROM part p
      JOIN counted c ON c.target_id = p.target_id AND c.agency_id = p.whose
     WHERE NOT EXISTS (SELECT FROM first o WHERE o.target_id = p.target_id AND o.agency_id = 0)
    UNION ALL
    SELECT f.target_id, 0, f.day, f.n, f.d FROM first f WHERE f.agency_id = 0
  )
  SELECT l.target_id, l.whose, l.day, sum(l.n)::bigint,
         CASE WHEN l.whose = 0
              THEN coalesce((SELECT count(*) FROM counted c WHERE c.target_id = l.target_id AND c.scope = 'share'
                             HAVING count(*) > 0), sum(l.d)) ELSE sum(l.d) END::bigint
    FROM line l
   WHERE NOT EXISTS (SELECT FROM line e WHERE e.target_id = l.target_id AND e.whose = l.whose AND e.day < l.day)
   GROUP BY l.target_id, l.whose, l.day
$$;

-- Compares the lines of a period: numbers; of the nation also that they are the sum of its
-- agencies; printed values, ranks, intervals, tie groups, bounds and verdicts with what those
-- numbers give; of years every named variant (audit_variants.sql).  FAMILIES as in audit().
CREATE FUNCTION audit_lines(code text, families int[], sums audit_sum[])
RETURNS TABLE (figures bigint, agency text, measure text, stored bigint, counted bigint)
LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$
#variable_conflict use_column
DECLARE
  first date := lower(period_range(code));
  on_day date := least(upper(period_range(code)) - 1,
                       (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date);
  today date := (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
BEGIN
  RETURN QUERY
  WITH o AS MATERIALIZED (
    SELECT o.* FROM live_observations(code, NULL) o
     WHERE o.indicator NOT IN (SELECT f.slug FROM formulas_on(upper(period_range(code)) - 1) f)
  ), line AS MATERIALIZED (
    SELECT o.* FROM o LEFT JOIN agency a USING (agency_id)
     WHERE families IS NULL OR a.lineage_id = ANY (families)
  ), expected AS MATERIALIZED (
    SELECT * FROM audit_expected(code, sums)
  ), nation AS (         -- the sum of the lines that count
    SELECT v.indicator, i.scope, s.*, audit_population(v.indicator, first, on_day) AS people
      FROM o v JOIN indicator i ON i.slug = v.indicator
     CROSS JOIN LATERAL (
       SELECT sum(m.numerator) AS n, sum(m.denominator) AS d, sum(m.provided) AS k,
              count(*) FILTER (WHERE m.denominator = 0 OR m.percent IS NOT NULL) AS answered,
              count(*) FILTER (WHERE m.denominator = 0) AS idle
         FROM o m WHERE m.indicator = v.indicator AND m.agency_id <> 0 AND m.in_population) s
     WHERE v.agency_id = 0
  ), open AS (           -- what is missing: not told of a unit, and never sent as a record
    SELECT l.*, i.scope, i.kind, e.slug IS NOT NULL AS told, t.deadline, n.people, n.answered,
           -- one-stop counts what the agency says it has settled, the others what was sent
           l.numerator - l.provided
             + CASE WHEN l.indicator = 'one-stop' AND l.agency_id <> 0 THEN f.denominator
                    ELSE l.denominator END AS most,
           CASE WHEN l.indicator IN ('online-filing', 'level4-filing') AND l.agency_id <> 0
                THEN coalesce(c.denominator - f.denominator, 0) ELSE 0 END AS unsent
      FROM o l JOIN indicator i ON i.slug = l.indicator
      LEFT JOIN target t ON t.target_id = l.target_id
      LEFT JOIN nation n ON n.indicator = l.indicator AND l.agency_id = 0
      LEFT JOIN expected e ON e.agency_id = 0 AND e.slug = l.indicator AND l.agency_id = 0
      LEFT JOIN o f ON f.indicator = 'online-filing' AND f.agency_id = l.agency_id
      LEFT JOIN o c ON c.indicator = 'one-stop' AND c.agency_id = l.agency_id
  ), whole AS (          -- the same of the nation's agencies together, and how the worst stands
    SELECT m.indicator, sum(m.most)::bigint AS most, sum(m.unsent)::bigint AS unsent,
           count(m.denominator) AS heard,
           coalesce(min(array_position('{not_met,behind,undetermined,no_data,on_track,met,not_applicable}',
                                       m.status)), 4) AS worst
      FROM open m WHERE m.agency_id <> 0 AND m.in_population GROUP BY m.indicator
  ), limits AS MATERIALIZED (
    SELECT p.*, w.worst,
           CASE WHEN p.agency_id <> 0 OR p.told THEN p.most
                WHEN p.scope = 'share' THEN p.numerator + p.people - p.answered
                ELSE w.most END AS possible,
           CASE WHEN p.agency_id = 0 THEN coalesce(w.unsent, 0) ELSE p.unsent END AS absent,
           p.kind <> 'survey'
             AND (p.agency_id <> 0 OR p.told OR p.scope = 'share' OR coalesce(w.heard, 0) = p.people) AS bounded
      FROM open p LEFT JOIN whole w ON w.indicator = p.indicator AND p.agency_id = 0
     WHERE families IS NULL OR p.agency_id IN (SELECT x.agency_id FROM line x)
  ), verdict AS (
    SELECT p.agency, p.indicator, p.status,
           CASE WHEN p.agency_id = 0 AND p.people = 0 AND NOT p.told THEN 'not_applicable'
                WHEN p.agency_id = 0 AND p.target_id IS NOT NULL AND p.scope IN ('each_agency', 'each_agency_nation')
                THEN ('{not_met,behind,undetermined,no_data,on_track,met,not_applicable}'::text[])[coalesce(p.worst, 4)]
                WHEN p.denominator IS NULL THEN 'no_data'
                WHEN p.denominator = 0 THEN 'not_applicable'
                WHEN p.target_id IS NULL THEN 'no_target'
                WHEN x.sign * x.ahead >= 0   -- of at most so much all that is unknown might be, too
                     AND (x.sign > 0 OR p.possible::numeric * p.target_denominator
                                        <= p.target_numerator::numeric * p.denominator)
                THEN CASE WHEN today > p.deadline THEN 'met' ELSE 'on_track' END
                WHEN x.sign < 0 AND x.ahead <= 0
                     OR x.sign > 0 AND p.possible::numeric * p.target_denominator
                                       >= p.target_numerator::numeric * p.denominator THEN 'undetermined'
                WHEN today > p.deadline THEN 'not_met'
                -- the path on the day: what it left and what it leads to, each by the days to the other
                WHEN s.day < p.deadline
                     AND x.sign * p.numerator::numeric * s.d * p.target_denominator * (p.deadline - s.day)
                         >= x.sign * p.denominator::numeric
                            * (s.n::numeric * p.target_denominator * (p.deadline - s.day - x.gone)
                               + p.target_numerator::numeric * s.d * x.gone)
                THEN 'on_track'
                ELSE 'behind' END AS ought
      FROM limits p
      LEFT JOIN audit_path(today, on_day) s ON s.target_id = p.target_id AND s.agency_id = p.agency_id
     CROSS JOIN LATERAL (
       SELECT CASE WHEN p.direction = '<=' THEN -1 ELSE 1 END AS sign,
              p.numerator::numeric * p.target_denominator
                - p.target_numerator::numeric * p.denominator AS ahead,
              greatest(on_day - s.day, 0) AS gone) x
  ), queue AS MATERIALIZED (   -- the ranked, one after the other
    SELECT b.indicator, b.ranked_group, b.agency_id, b.agency, b.rank, b.tied, b.tie_group, b.percent::numeric AS four,
           b.low::numeric AS low, b.high::numeric AS high,
           row_number() OVER (PARTITION BY b.indicator, b.ranked_group
                              ORDER BY b.percent::numeric DESC, b.low::numeric DESC, b.agency) AS place
      FROM o b WHERE b.rank IS NOT NULL
  ), tie AS (            -- who has more; one group more wherever one stands apart from the one before
    SELECT b.agency_id, b.agency, b.indicator, b.rank, b.tied, b.tie_group,
           count(*) OVER (PARTITION BY b.indicator, b.ranked_group ORDER BY b.four DESC
                          GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ahead,
           1 + count(*) FILTER (WHERE b.high < p.low)
                 OVER (PARTITION BY b.indicator, b.ranked_group ORDER BY b.place) AS groups,
           count(*) OVER (PARTITION BY b.indicator, b.ranked_group, b.four) AS alike
      FROM queue b LEFT JOIN queue p ON p.indicator = b.indicator AND p.ranked_group = b.ranked_group
       AND p.place = b.place - 1
  ), pair(agency, measure, stored, counted) AS (
    SELECT l.agency, l.indicator || p.part, p.stored, p.counted
      FROM line l LEFT JOIN expected e ON e.agency_id = l.agency_id AND e.slug = l.indicator
     CROSS JOIN LATERAL (VALUES (' numerator', l.numerator, e.numerator),
                                (' denominator', l.denominator, e.denominator),
                                (' provided', l.provided, e.provided)) p(part, stored, counted)
     WHERE l.agency_id <> 0
    UNION ALL
    SELECT 'VN', l.indicator || p.part, p.stored, p.counted
      FROM o l JOIN nation n ON n.indicator = l.indicator
      LEFT JOIN expected e ON e.agency_id = 0 AND e.slug = l.indicator
     CROSS JOIN LATERAL (VALUES
       (' numerator', l.numerator, coalesce(e.numerator, CASE
          WHEN n.people = 0 THEN 0 WHEN n.scope = 'share' AND n.answered = 0 THEN NULL ELSE n.n END::bigint)),
       (' denominator', l.denominator, coalesce(e.denominator, CASE
          WHEN n.people = 0 THEN 0 WHEN n.scope <> 'share' THEN n.d
          WHEN n.answered > 0 THEN n.people - n.idle END::bigint)),
       (' population', l.population, n.people)) p(part, stored, counted)
     WHERE l.agency_id = 0
    UNION ALL            -- the printed value, in millionths
    SELECT l.agency, l.indicator || ' value', (1000000 * l.value::numeric)::bigint,
           audit_printed(l.numerator, l.denominator, 1000000, l.target_numerator, l.target_denominator,
                         coalesce(l.direction = '<=', false))
      FROM line l JOIN indicator i ON i.slug = l.indicator
     WHERE l.value IS NOT NULL AND i.kind <> 'survey' AND l.numerator >= 0
    UNION ALL            -- between what it lies, if none or all of what is missing counts
    SELECT p.agency, p.indicator || b.part, b.stored, b.counted
      FROM limits p
     CROSS JOIN LATERAL (SELECT p.denominator + p.absent AS base, p.possible + p.absent AS high) x
     CROSS JOIN LATERAL (SELECT p.bounded AND p.possible IS NOT NULL AND x.base > 0 AS known,
                                p.bounded AND x.base > 0 AND x.high > p.numerator AS open,
                                CASE WHEN p.direction <> '<=' THEN p.target_numerator END AS aim) k
     CROSS JOIN LATERAL (VALUES
       (' least numerator', p.numerator_low, CASE WHEN k.known THEN p.numerator END),
       (' most numerator', p.numerator_high, CASE WHEN k.known THEN x.high END),
       (' bound denominator', p.bound_denominator, CASE WHEN k.known THEN x.base END),
       (' least value', (1000000 * p.low_bound::numeric)::bigint, CASE WHEN k.open THEN
         audit_printed(p.numerator, x.base, 1000000, k.aim, p.target_denominator) END),
       (' most value', (1000000 * p.high_bound::numeric)::bigint, CASE WHEN k.open THEN
         audit_printed(x.high, x.base, 1000000, k.aim, p.target_denominator) END)
       ) b(part, stored, counted)
    UNION ALL            -- the interval; what lies within rounding is right
    SELECT l.agency, l.indicator || e.part, (100 * e.stored::numeric)::bigint,
           CASE WHEN abs(100 * e.stored::float8 - e.root) < 0.50001
                THEN (100 * e.stored::numeric)::bigint ELSE round(e.root)::bigint END
      FROM line l JOIN indicator i ON i.slug = l.indicator
     CROSS JOIN LATERAL (VALUES
       (' interval low', l.low, audit_interval(l.numerator, l.denominator, -1)),
       (' interval high', l.high, audit_interval(l.numerator, l.denominator, 1))) e(part, stored, root)
     WHERE l.value IS NOT NULL AND i.kind <> 'survey' AND i.scope <> 'share'
       AND l.numerator BETWEEN 0 AND l.denominator
    UNION ALL            -- tie groups, and who prints as somebody else does
    SELECT q.agency, q.indicator || t.part, t.stored, t.counted
      FROM tie q
     CROSS JOIN LATERAL (VALUES (' tie group', q.tie_group, q.groups),
                                (' tied', q.tied::int, (q.alike > 1)::int)) t(part, stored, counted)
     WHERE families IS NULL OR q.agency_id IN (SELECT x.agency_id FROM line x)
    UNION ALL            -- the rank: one more than those with more
    SELECT q.agency, q.indicator || ' rank', q.rank, q.ahead + 1 FROM tie q
     WHERE families IS NULL OR q.agency_id IN (SELECT x.agency_id FROM line x)
    UNION ALL            -- the verdict: 1 for right
    SELECT v.agency, v.indicator || ' status ' || v.status
                     || CASE WHEN v.status = v.ought THEN '' ELSE ' instead of ' || v.ought END,
           1, (v.status = v.ought)::int
      FROM verdict v
    UNION ALL            -- the places that the bounds leave open
    SELECT p.* FROM audit_places(ARRAY(SELECT row(o.*)::observation FROM o)) p
     WHERE families IS NULL OR p.agency IN (SELECT x.agency FROM line x)
    UNION ALL            -- the other readings
    SELECT v.* FROM audit_variants(code, families, sums) v
  )
  SELECT count(*), NULL, NULL, NULL::bigint, NULL::bigint FROM pair
  UNION ALL
  SELECT NULL, p.agency, p.measure, p.stored, p.counted
    FROM pair p WHERE p.stored IS DISTINCT FROM p.counted;
END $$;

-- The dated tasks once more, from the day on which each record says that it was done: who
-- has no record and no outcome of the catalogue has done nothing.
CREATE FUNCTION audit_milestones()
RETURNS TABLE (figures bigint, agency text, measure text, stored bigint, counted bigint)
LANGUAGE sql STABLE AS $$
  WITH printed AS MATERIALIZED (
    SELECT m.*, t.done_by FROM milestones(store_day()) m JOIN task t USING (task)
     WHERE m.kind <> 'qualitative'
  ), pair(agency, measure, stored, counted) AS (
    SELECT p.agency, p.task || coalesce(' ' || p.year, '') || ' days',
           CASE p.status WHEN 'on_time' THEN 0 WHEN 'not_due' THEN -1 ELSE p.days END,
           CASE WHEN p.due IS NULL THEN CASE WHEN r.done <= store_day() THEN 0 ELSE -1 END
                WHEN r.done <= least(p.due, store_day()) THEN 0
                WHEN r.done <= store_day() THEN r.done - p.due
                WHEN store_day() > p.due THEN store_day() - p.due ELSE -1 END
      FROM printed p
      LEFT JOIN LATERAL (
        SELECT CASE WHEN p.done_by = 'submitted'
                    THEN coalesce(m.submitted_on, m.issued_on, m.completed_on)
                    ELSE coalesce(m.completed_on, m.issued_on) END AS done
          FROM milestone m
         WHERE m.task = p.task AND m.year = coalesce(p.year, 0) AND p.agency_id <> 0
           AND m.agency_id IN (SELECT h.heir_id FROM agency_heir h WHERE h.agency_id = p.agency_id)
         ORDER BY (m.agency_id <> p.agency_id), (SELECT a.valid_from FROM agency a WHERE a.agency_id = m.agency_id)
         LIMIT 1) r ON true
     WHERE p.evidence IS DISTINCT FROM 'catalogue'
    UNION ALL            -- a task of each agency has as many instances as agencies were due
    SELECT 'VN', t.task || ' instances', (SELECT count(*) FROM printed p WHERE p.task = t.task),
           (SELECT count(*) FROM agency a
             WHERE a.kind = ANY (t.each_kind) AND t.due >= a.valid_from
               AND (a.valid_to IS NULL OR t.due <= a.valid_to))
      FROM task t WHERE t.kind = 'task' AND t.each_kind IS NOT NULL AND t.due IS NOT NULL
  )
  SELECT count(*), NULL, NULL, NULL::bigint, NULL::bigint FROM pair
  UNION ALL
  SELECT NULL, p.agency, p.measure, p.stored, p.counted
    FROM pair p WHERE p.stored IS DISTINCT FROM p.counted
$$;
