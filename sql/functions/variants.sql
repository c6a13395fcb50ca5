-- variants.sql -- the other readings of an indicator (table variant): the same three
-- numbers as in figures.sql, under another formula.  CHOSEN holds slug/name of those
-- that are wanted.

-- 02 by the ministry's published formula: dossiers filed online in the period, out of
-- those settled in it.  Two cohorts, so the value may exceed 100%.
CREATE FUNCTION ministry_filing_figures(first date, stop date) RETURNS SETOF figure
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH filed AS (        -- on records, and on totals before them
    -- agency by agency: joined, all totals were read for each of them
    SELECT s.agency_id, coalesce((
             SELECT sum(d.received_online) FROM total_pieces(greatest(first, s.day), stop) d
              WHERE d.agency_id = s.agency_id), 0)::bigint AS online
      FROM records_start s
     WHERE s.day < stop
  ), told AS (
    SELECT agency_id, value FROM flow_counts(first, stop, true, '{dossiers_received_online}')
     WHERE breakdown = '' AND agency_id <> 0
  )
  SELECT f.agency_id, f.slug, coalesce(r.online, 0) + coalesce(t.value, 0), f.denominator,
         CASE WHEN r.online IS NULL AND t.value IS NULL THEN 0 ELSE f.denominator END,
         CASE WHEN r.online IS NULL AND t.value IS NULL THEN f.denominator
              ELSE coalesce(r.online, 0) + coalesce(t.value, 0) END, f.note
    FROM dossier_figures(first, stop, '{online-filing}') f
    LEFT JOIN filed r USING (agency_id)
    LEFT JOIN told t USING (agency_id)
   WHERE f.slug = 'online-filing';
END $$;

-- 02 with the withdrawn dossiers that form II.06a counts as settled: each on the day on
-- which it ended, for the row in force on it.
CREATE FUNCTION withdrawn_filing_figures(first date, stop date) RETURNS SETOF figure
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH gone AS MATERIALIZED (
    SELECT h.heir_id AS agency_id, sum(t.dossiers)::bigint AS dossiers, sum(t.online)::bigint AS online
      FROM agency_heir h
     CROSS JOIN LATERAL (      -- row by row, as in ministry_filing_figures()
       SELECT sum(w.dossiers) AS dossiers, sum(w.online) AS online FROM withdrawn_total w
        WHERE w.agency_id = h.agency_id AND w.day >= greatest(first, h.first_day)
          AND w.day < stop AND w.day <= h.last_day) t
     WHERE h.first_day < stop AND h.last_day >= first AND t.dossiers IS NOT NULL
     GROUP BY h.heir_id
  )
  SELECT f.agency_id, f.slug, f.numerator + coalesce(g.online, 0),
         f.denominator + coalesce(g.dossiers, 0), f.provided + coalesce(g.dossiers, 0),
         NULL::bigint, f.note
    FROM dossier_figures(first, stop, '{online-filing}') f LEFT JOIN gone g USING (agency_id)
   WHERE f.slug = 'online-filing';
END $$;

CREATE FUNCTION variant_flows(chosen text[], first date, stop date) RETURNS SETOF figure
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF 'online-filing/ministry-formula' = ANY (chosen) THEN
    RETURN QUERY SELECT * FROM ministry_filing_figures(first, stop);
  END IF;
  IF 'online-filing/with-withdrawn' = ANY (chosen) THEN
    RETURN QUERY SELECT * FROM withdrawn_filing_figures(first, stop);
  END IF;
END $$;

-- 05 over the services that are online at all; 13 over those open to enterprises.  A
-- service of which that was not told stays in the denominator, not provided.
CREATE FUNCTION narrowed_service_figures(day date) RETURNS SETOF figure
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH online AS (
    SELECT s.*, s.for_enterprises IS NOT FALSE AS counts
      FROM services_on(narrowed_service_figures.day) s
     WHERE s.level IN ('3', '4', 'partial', 'full')
  )
  SELECT k.agency_id, f.slug, coalesce(f.numerator, 0), coalesce(f.denominator, 0),
         coalesce(f.provided, 0), NULL::bigint, ''
    FROM (SELECT DISTINCT agency_id FROM service
           WHERE valid_from <= narrowed_service_figures.day) k
    LEFT JOIN (
      SELECT agency_id, count(*) AS services,
             count(*) FILTER (WHERE level IN ('4', 'full')) AS level4,
             count(*) FILTER (WHERE counts) AS enterprise,
             count(*) FILTER (WHERE for_enterprises AND business_registry) AS registry,
             count(business_registry) FILTER (WHERE for_enterprises) AS registry_known
        FROM online GROUP BY agency_id) o USING (agency_id)
   CROSS JOIN LATERAL (VALUES
     ('level4-services', o.level4, o.services, o.services),
     ('business-registry', o.registry, o.enterprise, o.registry_known)
   ) AS f(slug, numerator, denominator, provided);
END $$;

-- 12 by submissions: each form weighs as much as the dossiers settled in the period that
-- were filed online with it.
CREATE FUNCTION submitted_form_figures(first date, stop date, day date) RETURNS SETOF figure
LANGUAGE sql STABLE AS $$
  WITH tiled AS (
    SELECT extract(day FROM first) IN (1, 15) AND extract(day FROM stop) IN (1, 15) AS yes
  ), used AS (
    SELECT agency_id, procedure, sum(online)::bigint AS times
      FROM (SELECT agency_id, procedure, resolved_online AS online FROM procedure_total
             WHERE (SELECT yes FROM tiled) AND half_month >= first AND half_month < stop
            UNION ALL
            SELECT agency_id, procedure, resolved_online FROM settled_dossier
             WHERE NOT (SELECT yes FROM tiled) AND resolved_day >= first AND resolved_day < stop) u
     GROUP BY agency_id, procedure
  )
  SELECT s.agency_id, 'form-autofill',
         coalesce(sum(s.form_fields_prefilled * u.times), 0)::bigint,
         coalesce(sum(s.form_fields * u.times), 0)::bigint,
         coalesce(sum(s.form_fields * u.times)
                  FILTER (WHERE s.form_fields_prefilled IS NOT NULL), 0)::bigint, NULL::bigint, ''
    FROM services_on(submitted_form_figures.day) s
    LEFT JOIN used u USING (agency_id, procedure)
   WHERE s.level IN ('3', '4', 'partial', 'full') AND s.form_fields IS NOT NULL
   GROUP BY s.agency_id
$$;

-- The central code of a procedure: 1.001193.000.00.00.H56 -> 1.001193.
CREATE FUNCTION central_code(procedure text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(substring(procedure FROM '^[1-3]\.\d{6}(?=$|\.\d{3}\.)'), procedure)
$$;

-- The nation's services by distinct central code over the agencies of the population: a
-- code has what at least one agency's service of it has.  12: of each code the form with
-- the most fields, and of equal ones that with the fewest filled in.
CREATE FUNCTION distinct_code_figures(first date, stop date, day date) RETURNS SETOF figure
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH people AS MATERIALIZED (SELECT * FROM populations_on(distinct_code_figures.day, first)),
  served AS (
    SELECT i.slug, central_code(s.procedure) AS code, s.*,
           s.level IN ('3', '4', 'partial', 'full') AS online
      FROM services_on(distinct_code_figures.day) s
      JOIN agency a USING (agency_id)
     CROSS JOIN (VALUES ('npsp-integration'), ('level4-services'), ('help-channel'),
                        ('mobile-signature'), ('electronic-dossier'), ('form-autofill'),
                        ('business-registry')) i(slug)
      JOIN people p ON coalesce(p.slug, i.slug) = i.slug
       AND (p.slug IS NOT NULL OR NOT EXISTS (SELECT FROM people o WHERE o.slug = i.slug))
       AND (a.kind = ANY (p.kinds) OR a.agency_id = ANY (p.members))
     WHERE distinct_code_figures.day BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity'::date)
  ), has AS (            -- whether it has the attribute; null: not told
    SELECT slug, code, bool_or(CASE slug
             WHEN 'level4-services' THEN level IN ('4', 'full')
             WHEN 'help-channel' THEN help_channel
             WHEN 'npsp-integration' THEN npsp_integrated
             WHEN 'mobile-signature' THEN mobile_signature
             WHEN 'electronic-dossier' THEN electronic_dossier
             WHEN 'business-registry' THEN business_registry END) AS yes
      FROM served
     WHERE (online OR slug IN ('level4-services', 'help-channel')) AND slug <> 'form-autofill'
     GROUP BY slug, code
  ), form AS (
    SELECT DISTINCT ON (code) form_fields, form_fields_prefilled
      FROM served WHERE slug = 'form-autofill' AND online AND form_fields IS NOT NULL
     ORDER BY code, form_fields DESC, form_fields_prefilled NULLS FIRST
  )
  SELECT 0, slug, count(*) FILTER (WHERE yes), count(*), count(yes), NULL::bigint, ''
    FROM has GROUP BY slug
  UNION ALL
  SELECT 0, 'form-autofill', coalesce(sum(form_fields_prefilled), 0), sum(form_fields),
         coalesce(sum(form_fields) FILTER (WHERE form_fields_prefilled IS NOT NULL), 0), NULL, ''
    FROM form HAVING count(*) > 0;
END $$;

CREATE FUNCTION variant_stocks(chosen text[], first date, stop date, day date, survey_year int)
RETURNS SETOF figure LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF chosen && '{level4-services/level34-only,business-registry/for-enterprises}' THEN
    RETURN QUERY SELECT f.* FROM narrowed_service_figures(variant_stocks.day) f
      WHERE f.slug || '/level34-only' = ANY (chosen) OR f.slug || '/for-enterprises' = ANY (chosen);
  END IF;
  IF 'form-autofill/by-submissions' = ANY (chosen) THEN
    RETURN QUERY SELECT * FROM submitted_form_figures(first, stop, variant_stocks.day);
  END IF;
  IF 'asean-rank/ten-countries' = ANY (chosen) AND survey_year IS NOT NULL THEN
    RETURN QUERY SELECT * FROM asean_figures(survey_year, false);
  END IF;
  IF EXISTS (SELECT FROM unnest(chosen) c WHERE c LIKE '%/distinct-codes') THEN
    RETURN QUERY SELECT f.* FROM distinct_code_figures(first, stop, variant_stocks.day) f
      WHERE f.slug || '/distinct-codes' = ANY (chosen);
  END IF;
END $$;

-- The readings of an indicator besides the one in force in a period, and whether they speak of
-- all agencies or of the nation alone.
CREATE FUNCTION other_readings(code text, wanted text)
RETURNS TABLE (name text, name_vi text, name_en text, definition_vi text, definition_en text,
               replaces text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  in_force text := coalesce((SELECT f.name FROM formulas_on(upper(period_range(code)) - 1) f
                              WHERE f.slug = wanted), 'default');
BEGIN
  RETURN QUERY
  SELECT r.name, r.name_vi, r.name_en, r.definition_vi, r.definition_en, r.replaces FROM (
    SELECT v.name, v.name_vi, v.name_en, v.definition_vi, v.definition_en, v.replaces, v.ordinal
      FROM variant v WHERE v.slug = wanted
    UNION ALL
    SELECT 'default', 'Cách tính thông thường', 'The usual reading', d.definition_vi, d.definition_en,
           'all', 0
      FROM definition d WHERE d.slug = wanted AND d.version = 1) r
   WHERE r.name <> in_force
   ORDER BY r.ordinal;
END $$;

-- What indicators are in a period under their other readings.  Not by submissions: those rest
-- on totals by procedure, whose changes nobody counts.
CREATE FUNCTION readings_now(code text, slugs text[]) RETURNS SETOF remembered_reading
LANGUAGE plpgsql STABLE AS $$
DECLARE
  asked text := chosen_variant();
  reading record;
BEGIN
  FOR reading IN
    SELECT r.name, array_agg(w.slug) AS slugs, array_agg(w.slug) FILTER (WHERE r.replaces = 'all') AS of_all
      FROM unnest(readings_now.slugs) w(slug) CROSS JOIN LATERAL other_readings(code, w.slug) r
     WHERE r.name <> 'by-submissions' GROUP BY r.name
  LOOP
    PERFORM set_config('nq17.variant', reading.name, true);
    RETURN QUERY
    SELECT o.period, o.indicator, o.agency_id, reading.name, o.numerator, o.denominator, o.value,
           o.percent, o.status
      FROM live_observations(code, reading.slugs) o
     WHERE o.agency_id = 0 OR o.indicator = ANY (reading.of_all);
  END LOOP;
  PERFORM set_config('nq17.variant', asked, true);
END $$;

-- One indicator under each reading but the one in force, for the line of OBSERVED:
-- what it would be, and whether the verdict would differ.
CREATE FUNCTION variants_json(observed observation) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  asked text := chosen_variant();
  kept boolean := pinned() IS NULL AND coalesce(forgotten(observed.period, observed.indicator) = '{}', false);
  reading record;
  other record;
  list jsonb := '[]';
BEGIN
  FOR reading IN
    SELECT r.* FROM other_readings(observed.period, observed.indicator) r
     WHERE r.replaces = 'all' OR observed.agency_id = 0
  LOOP
    IF kept AND reading.name <> 'by-submissions' THEN
      SELECT r.* INTO other FROM remembered_reading r
       WHERE r.agency_id = observed.agency_id AND r.period = observed.period
         AND r.indicator = observed.indicator AND r.variant = reading.name;
    ELSE
      PERFORM set_config('nq17.variant', reading.name, true);
      SELECT o.* INTO other FROM live_observations(observed.period, ARRAY[observed.indicator]) o
       WHERE o.agency_id = observed.agency_id;
    END IF;
    list := list || jsonb_build_object(
      'variant', reading.name, 'name_vi', reading.name_vi, 'name_en', reading.name_en,
      'definition_vi', reading.definition_vi, 'definition_en', reading.definition_en,
      'numerator', other.numerator, 'denominator', other.denominator, 'value', other.value,
      'percent', other.percent, 'status', other.status,
      'differs', other.status IS DISTINCT FROM observed.status);
  END LOOP;
  PERFORM set_config('nq17.variant', asked, true);
  RETURN list;
END $$;
