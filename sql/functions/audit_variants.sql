-- audit_variants.sql -- the named variants of indicators worked out a second time (variants.sql
-- is the first), and the places that a rank may still take.  What is read here of the rollups
-- was counted from the records by the same audit (audit.sql).

-- One line of one variant.
CREATE TYPE audit_reading AS (
  agency_id int, name text, slug text, numerator bigint, denominator bigint, provided bigint,
  flows boolean);

-- 02: dossiers received online in place of those settled; and with those withdrawn.
CREATE FUNCTION audit_filing_readings(code text, first date, stop date, sums audit_sum[])
RETURNS SETOF audit_reading LANGUAGE sql STABLE AS $$
  WITH settled AS MATERIALIZED (
    SELECT * FROM audit_settled(code, first, stop, sums) WHERE slug = 'online-filing'
  ), home AS MATERIALIZED (
    SELECT a.agency_id, a.records_from, coalesce(a.records_from, (s).first_day) AS begins
      FROM agency a JOIN unnest(sums) s ON (s).agency_id = a.agency_id
     WHERE (s).code = audit_filing_readings.code
    UNION
    SELECT a.agency_id, a.records_from, a.records_from FROM agency a WHERE a.records_from IS NOT NULL
  ), told AS MATERIALIZED (   -- received before there were records
    SELECT agency_id, value
      FROM audit_tiling('{dossiers_received_online}', first, stop,
                        (SELECT jsonb_object_agg(agency_id, begins) FROM home), '{}')
     WHERE breakdown = '' AND measure = 'dossiers_received_online'
  ), came AS (
    SELECT h.agency_id, sum(t.received_online) FILTER (WHERE t.day >= first AND t.day < stop
                                                         AND t.day >= h.begins) AS online
      FROM home h LEFT JOIN day_total t ON t.agency_id = h.agency_id
     WHERE h.begins < stop GROUP BY h.agency_id
  ), gone AS (           -- each for the row that was in force on its last day
    SELECT h.heir_id, sum(w.dossiers) AS dossiers, sum(w.online) AS online
      FROM withdrawn_total w
      JOIN agency_heir h ON h.agency_id = w.agency_id AND w.day BETWEEN h.first_day AND h.last_day
      JOIN agency a ON a.agency_id = h.heir_id AND w.day >= coalesce(a.records_from, '-infinity')
     WHERE w.day >= first AND w.day < stop
     GROUP BY h.heir_id
  )
  SELECT s.agency_id, v.name, s.slug, v.n::bigint, v.d::bigint, v.k::bigint, true
    FROM settled s
    LEFT JOIN came c ON c.agency_id = s.agency_id
    LEFT JOIN told t ON t.agency_id = s.agency_id
    LEFT JOIN gone g ON g.heir_id = s.agency_id
   CROSS JOIN LATERAL (VALUES
     ('ministry-formula', coalesce(c.online, 0) + coalesce(t.value, 0), s.denominator::numeric,
      CASE WHEN c.agency_id IS NOT NULL OR t.agency_id IS NOT NULL THEN s.denominator ELSE 0 END),
     ('with-withdrawn', s.numerator + coalesce(g.online, 0), s.denominator + coalesce(g.dossiers, 0),
      s.provided + coalesce(g.dossiers, 0))) v(name, n, d, k)
$$;

-- 05, 12 and 13 over other services: those that are online, those for enterprises, those used.
CREATE FUNCTION audit_service_readings(first date, stop date, day date)
RETURNS SETOF audit_reading LANGUAGE sql STABLE AS $$
  WITH held AS MATERIALIZED (SELECT * FROM audit_held(audit_service_readings.day)),
  used AS (
    SELECT t.agency_id, t.procedure, sum(t.resolved_online) AS times FROM procedure_total t
     WHERE t.half_month >= first AND t.half_month < stop GROUP BY t.agency_id, t.procedure
  ), unit(agency_id, name, slug, n, d, k) AS (
    SELECT agency_id, 'level34-only', 'level4-services', (level = ANY ('{4,full}'))::int::numeric,
           1::numeric, 1::numeric
      FROM held WHERE online
    UNION ALL            -- of which it was not told whether enterprises may use it: it counts
    SELECT agency_id, 'for-enterprises', 'business-registry',
           CASE WHEN for_enterprises AND business_registry THEN 1 ELSE 0 END, 1,
           CASE WHEN for_enterprises AND business_registry IS NOT NULL THEN 1 ELSE 0 END
      FROM held WHERE online AND coalesce(for_enterprises, true)
    UNION ALL
    SELECT h.agency_id, 'by-submissions', 'form-autofill', coalesce(h.form_fields_prefilled, 0) * u.times,
           h.form_fields * u.times, CASE WHEN h.form_fields_prefilled IS NULL THEN 0 ELSE h.form_fields * u.times END
      FROM held h
      LEFT JOIN used u ON u.agency_id = h.agency_id AND u.procedure = h.procedure
     WHERE h.online AND h.form_fields IS NOT NULL
    UNION ALL            -- whose catalogue came has a figure
    SELECT DISTINCT s.agency_id, v.name, v.slug, 0, 0, 0
      FROM service s
     CROSS JOIN (VALUES ('level34-only', 'level4-services'),
                        ('for-enterprises', 'business-registry')) v(name, slug)
     WHERE s.valid_from <= audit_service_readings.day
  )
  SELECT agency_id, name, slug, coalesce(sum(n), 0)::bigint, coalesce(sum(d), 0)::bigint,
         coalesce(sum(k), 0)::bigint, false
    FROM unit GROUP BY agency_id, name, slug
$$;

-- The nation's own: by codes that every agency shares, and among ten countries.
CREATE FUNCTION audit_nation_readings(first date, day date, survey_year int)
RETURNS SETOF audit_reading LANGUAGE sql STABLE AS $$
  WITH shared AS MATERIALIZED (
    SELECT h.*, CASE WHEN h.procedure ~ '^[1-3]\.\d{6}(\.\d{3}\.|$)' THEN left(h.procedure, 8)
                     ELSE h.procedure END AS code
      FROM audit_held(audit_nation_readings.day) h
  ), counts AS MATERIALIZED (
    SELECT v.slug, c.agency_id FROM variant v
     CROSS JOIN LATERAL audit_counted(v.slug, first, audit_nation_readings.day) c(agency_id)
     WHERE v.name = 'distinct-codes'
  ), has AS (            -- 1 has it, 0 has it not, null not told
    SELECT c.slug, s.code, max(CASE c.slug
             WHEN 'level4-services' THEN s.level = ANY ('{4,full}')
             WHEN 'help-channel' THEN s.help_channel
             WHEN 'npsp-integration' THEN s.npsp_integrated
             WHEN 'mobile-signature' THEN s.mobile_signature
             WHEN 'electronic-dossier' THEN s.electronic_dossier
             ELSE s.business_registry END::int) AS has
      FROM counts c JOIN shared s ON s.agency_id = c.agency_id
     WHERE c.slug <> 'form-autofill' AND (s.online OR c.slug IN ('level4-services', 'help-channel'))
     GROUP BY c.slug, s.code
  ), form AS (           -- the longest form of a code, and of those the one that least fills in
    SELECT s.code, s.form_fields AS fields,
           CASE WHEN bool_or(s.form_fields_prefilled IS NULL) THEN NULL
                ELSE min(s.form_fields_prefilled) END AS filled
      FROM counts c JOIN shared s ON s.agency_id = c.agency_id
     WHERE c.slug = 'form-autofill' AND s.online AND s.form_fields IS NOT NULL
       AND NOT EXISTS (SELECT FROM counts o JOIN shared l ON l.agency_id = o.agency_id
                        WHERE o.slug = c.slug AND l.code = s.code AND l.online
                          AND l.form_fields > s.form_fields)
     GROUP BY s.code, s.form_fields
  )
  SELECT 0, 'distinct-codes', slug, coalesce(sum(has), 0)::bigint, count(*), count(has), false
    FROM has GROUP BY slug
  UNION ALL
  SELECT 0, 'distinct-codes', 'form-autofill', coalesce(sum(filled), 0)::bigint, sum(fields)::bigint,
         coalesce(sum(CASE WHEN filled IS NOT NULL THEN fields END), 0)::bigint, false
    FROM form HAVING count(*) > 0
  UNION ALL
  SELECT 0, 'ten-countries', 'asean-rank', count(*) FILTER (WHERE o.value < h.value) + 1, 1, 1, false
    FROM national h
    JOIN national o ON o.series = h.series AND o.year = h.year
     AND o.country = ANY ('{BRN,IDN,KHM,LAO,MMR,MYS,PHL,SGP,THA,VNM}')
   WHERE h.series = 'un-egdi-rank' AND h.country = 'VNM' AND h.year = survey_year
  HAVING count(*) = 10
$$;

-- What the variants ought to give for each agency on DAY: rows in force with what their
-- predecessors did, the others for themselves (audit_expected()).
CREATE FUNCTION audit_readings(code text, sums audit_sum[], day date) RETURNS SETOF audit_reading
LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$
#variable_conflict use_column
DECLARE
  first date := lower(period_range(code));
  stop date := upper(period_range(code));
BEGIN
  RETURN QUERY
  WITH unit AS (
    SELECT * FROM audit_filing_readings(code, first, stop, sums) WHERE first <= audit_readings.day
    UNION ALL SELECT * FROM audit_service_readings(first, stop, audit_readings.day)
    UNION ALL SELECT * FROM audit_nation_readings(first, audit_readings.day,
                                            CASE WHEN code ~ '^\d{4}$' THEN code END::int)
  ), counted AS (        -- for whom each counts
    SELECT u.*, a.agency_id AS home FROM unit u JOIN agency a ON a.agency_id = u.agency_id
     WHERE u.flows
    UNION ALL
    SELECT u.*, h.heir_id FROM unit u
      JOIN agency a ON a.agency_id = u.agency_id
      JOIN agency_heir h ON h.agency_id = u.agency_id AND audit_readings.day BETWEEN h.first_day AND h.last_day
      JOIN agency t ON t.agency_id = h.heir_id
       AND audit_readings.day BETWEEN t.valid_from AND coalesce(t.valid_to, 'infinity')
     WHERE CASE WHEN u.flows THEN h.heir_id <> u.agency_id
                ELSE audit_readings.day BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity') END
  )
  SELECT u.* FROM unit u WHERE u.agency_id = 0
  UNION ALL
  SELECT c.home, c.name, c.slug, sum(c.numerator)::bigint, sum(c.denominator)::bigint,
         sum(c.provided)::bigint, bool_or(c.flows)
    FROM counted c GROUP BY c.home, c.name, c.slug;
END $$;

-- Compares the lines of every variant in a calendar year: numbers, the nation's sum, printed
-- values.  Other periods go by the same formulas and are left out.
CREATE FUNCTION audit_variants(code text, families int[], sums audit_sum[])
RETURNS TABLE (agency text, measure text, stored bigint, counted bigint)
LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$
#variable_conflict use_column
DECLARE
  first date := lower(period_range(code));
  day date := least(upper(period_range(code)) - 1, (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date);
  asked text := chosen_variant();
  ought audit_reading[];
  reading record;
BEGIN
  IF code !~ '^\d{4}$' THEN
    RETURN;
  END IF;
  ought := ARRAY(SELECT r FROM audit_readings(code, sums, day) r);
  FOR reading IN SELECT v.name, v.replaces = 'all' AS agencies, array_agg(v.slug) AS slugs
                   FROM variant v GROUP BY v.name, v.replaces LOOP
    PERFORM set_config('nq17.variant', reading.name, true);
    RETURN QUERY
    WITH o AS MATERIALIZED (
      SELECT o.* FROM live_observations(code, reading.slugs) o
    ), expected AS MATERIALIZED (
      SELECT e.* FROM unnest(ought) e WHERE e.name = reading.name
    ), nation AS (
      SELECT v.indicator, audit_population(v.indicator, first, day) AS people, m.n, m.d
        FROM o v
       CROSS JOIN LATERAL (SELECT sum(x.numerator) AS n, sum(x.denominator) AS d FROM o x
                            WHERE x.indicator = v.indicator AND x.agency_id <> 0 AND x.in_population) m
       WHERE v.agency_id = 0
    )
    SELECT l.agency, concat(l.indicator, '/', reading.name, p.part), p.stored, p.counted
      FROM o l
      LEFT JOIN agency a ON a.agency_id = l.agency_id
      LEFT JOIN nation n ON n.indicator = l.indicator AND l.agency_id = 0
      LEFT JOIN expected e ON e.agency_id = l.agency_id AND e.slug = l.indicator
     CROSS JOIN LATERAL (VALUES
       (' numerator', l.numerator, CASE
          WHEN l.agency_id <> 0 OR e.slug IS NOT NULL THEN e.numerator WHEN n.people = 0 THEN 0 ELSE n.n END::bigint),
       (' denominator', l.denominator, CASE
          WHEN l.agency_id <> 0 OR e.slug IS NOT NULL THEN e.denominator WHEN n.people = 0 THEN 0 ELSE n.d END::bigint),
       (' provided', l.provided, CASE WHEN l.agency_id <> 0 OR e.slug IS NOT NULL THEN e.provided ELSE l.provided END),
       (' value', (1000000 * l.value::numeric)::bigint, CASE WHEN l.value IS NOT NULL THEN CASE
          WHEN l.indicator = 'asean-rank' THEN 1000000 * l.numerator
          ELSE audit_printed(l.numerator, l.denominator, 1000000, l.target_numerator, l.target_denominator,
                             coalesce(l.direction = '<=', false)) END END)
       ) p(part, stored, counted)
     WHERE CASE WHEN l.agency_id = 0 THEN true
                ELSE reading.agencies AND (families IS NULL OR a.lineage_id = ANY (families)) END;
  END LOOP;
  PERFORM set_config('nq17.variant', asked, true);
END $$;

-- Between which places an agency may end, by LINES of one period: it is behind those who at
-- least have more than it has at most, and may fall behind all who at most have more than it
-- has at least, also those of whom no value is known yet.
CREATE FUNCTION audit_places(lines observation[])
RETURNS TABLE (agency text, measure text, stored bigint, counted bigint)
LANGUAGE sql STABLE AS $$
  WITH rival AS MATERIALIZED (
    SELECT l.agency_id, l.agency, l.indicator, l.ranked_group, l.rank, l.rank_best, l.rank_worst,
           CASE WHEN e.open THEN audit_printed(l.numerator_low, l.bound_denominator, 10000, e.aim,
                                               l.target_denominator) ELSE e.four END AS fewest,
           CASE WHEN e.open THEN audit_printed(l.numerator_high, l.bound_denominator, 10000, e.aim,
                                               l.target_denominator) ELSE e.four END AS most
      FROM unnest(lines) l
      JOIN indicator i ON i.slug = l.indicator AND i.scope <> 'share'
     CROSS JOIN LATERAL (
       SELECT (100 * l.percent::numeric)::bigint AS four,
              coalesce(l.numerator_high > l.numerator_low OR l.bound_denominator > l.denominator, false) AS open,
              CASE WHEN l.direction <> '<=' THEN l.target_numerator END AS aim) e
     WHERE l.in_population AND l.ranked_group IS NOT NULL
       AND (l.rank IS NOT NULL OR l.percent IS NULL AND e.open)
  ), place AS (
    SELECT m.agency, m.indicator, m.rank_best, m.rank_worst,
           1 + count(*) FILTER (WHERE r.rank IS NOT NULL AND r.fewest > m.most) AS best,
           1 + count(*) FILTER (WHERE r.agency_id <> m.agency_id AND r.most > m.fewest) AS worst
      FROM rival m JOIN rival r ON r.indicator = m.indicator AND r.ranked_group = m.ranked_group
     WHERE m.rank IS NOT NULL
     GROUP BY m.agency_id, m.agency, m.indicator, m.rank_best, m.rank_worst
  )
  SELECT p.agency, p.indicator || v.part, v.stored, v.counted
    FROM place p
   CROSS JOIN LATERAL (VALUES (' best rank', p.rank_best::bigint, p.best),
                              (' worst rank', p.rank_worst::bigint, p.worst)) v(part, stored, counted)
$$;
