-- audit.sql -- the figures counted again, from the records alone and by another way than
-- the one that keeps them: what was derived at intake (local days, who a dossier counts
-- for, the level of its service) is derived anew here, from times and registers.

-- The days on which each service is at level 4; of rows that overlap the later one rules.
CREATE VIEW audit_level4 AS
SELECT agency_id, procedure, range_agg(own - coalesce(later, '{}')) AS days
  FROM (SELECT agency_id, procedure, level, datemultirange(span) AS own,
               range_agg(span) OVER (PARTITION BY agency_id, procedure ORDER BY valid_from DESC
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS later
          FROM (SELECT s.*, daterange(valid_from, coalesce(valid_to,
                         lead(valid_from) OVER (PARTITION BY agency_id, procedure
                                                ORDER BY valid_from) - 1, 'infinity'), '[]') AS span
                  FROM service s) x) y
 WHERE level IN ('4', 'full')
 GROUP BY agency_id, procedure;

-- The days of receipt on which a dossier of a procedure, in the hands of an agency's row, is at
-- level 4: it looks at the services of whoever answers for that row on the day.
CREATE VIEW audit_level4_held AS
SELECT h.agency_id, l.procedure,
       range_agg(l.days * datemultirange(daterange(h.first_day, h.last_day, '[]'))) AS days
  FROM agency_heir h JOIN audit_level4 l ON l.agency_id = h.heir_id
 GROUP BY h.agency_id, l.procedure;

-- The first day of the half month of DAY.
CREATE FUNCTION audit_half(day date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT day - date_part('day', day)::int + CASE WHEN date_part('day', day) < 15 THEN 1 ELSE 15 END
$$;

-- What a dossier is worth, summed: for each agency and day, and for each agency, half month
-- (`day` null) and procedure.
CREATE TYPE audit_worth AS (
  agency_id int, day date, half date, procedure text,
  received int, received_online int, resolved int, resolved_online int,
  level4_online int, due_known int, on_time int, one_stop_known int, one_stop int,
  paid_known int, paid_online int, filed_by_known int, assisted int, scored int,
  satisfied int);

-- The half months of 32 years of days from audit_first() on, which are looked up faster than
-- worked out, twenty million times.
CREATE FUNCTION audit_first() RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT date '2010-01-01' $$;

CREATE FUNCTION audit_halves() RETURNS date[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(audit_half(audit_first() + n - 1) ORDER BY n) FROM generate_series(1, 11688) n
$$;

-- What was received of the dossiers of AGENCIES (null: of all) with an even or an ODD number,
-- in one pass over the records.  OFFSET 0: what stands before it is derived once, not wherever
-- it is used.  These two are compiled where the records are many, and run beside each other:
-- COST tells the planner that a process more is worth it.
CREATE FUNCTION audit_received(agencies int[], odd int) RETURNS SETOF audit_worth
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000000 ROWS 100000
SET jit = on SET enable_nestloop = off SET max_parallel_workers_per_gather = 0 AS $$
#variable_conflict use_column
DECLARE
  base constant date := audit_first() - 1;
  halves constant date[] := audit_halves();
BEGIN
  RETURN QUERY
  SELECT c.agency_id, c.came, c.half, c.procedure,
         count(*)::int, count(*) FILTER (WHERE c.channel = 'online')::int,
         0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM (SELECT x.*, coalesce(halves[x.came - base], audit_half(x.came)) AS half
            FROM (SELECT d.agency_id, d.received_at::date AS came, d.procedure, d.channel
                    FROM dossier d
                   WHERE d.status <> 'void' AND d.agency_id & 1 = odd
                     AND (agencies IS NULL OR d.agency_id = ANY (agencies))
                  OFFSET 0) x
          OFFSET 0) c
   GROUP BY GROUPING SETS ((c.agency_id, c.came), (c.agency_id, c.half, c.procedure));
END $$;

-- The same of those that are settled, by the row that answers for them on the day.
CREATE FUNCTION audit_resolved(agencies int[], odd int) RETURNS SETOF audit_worth
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000000 ROWS 100000
SET jit = on SET enable_nestloop = off SET max_parallel_workers_per_gather = 0 AS $$
#variable_conflict use_column
DECLARE
  base constant date := audit_first() - 1;
  halves constant date[] := audit_halves();
BEGIN
  RETURN QUERY
  SELECT w.heir_id, w.went, w.half, w.procedure, 0, 0,
         count(*)::int, count(*) FILTER (WHERE w.channel = 'online')::int,
         count(*) FILTER (WHERE w.channel = 'online' AND w.level4_days @> w.came)::int,
         count(w.due_at)::int, count(*) FILTER (WHERE w.resolved_at <= w.due_at)::int,
         count(w.one_stop)::int, count(*) FILTER (WHERE w.one_stop)::int,
         count(w.paid_online)::int, count(*) FILTER (WHERE w.paid_online)::int,
         count(w.filed_by) FILTER (WHERE w.channel = 'online')::int,
         count(w.filed_by) FILTER (WHERE w.channel = 'online' AND w.filed_by <> 'self')::int,
         count(w.satisfaction)::int, count(*) FILTER (WHERE w.satisfaction > 3)::int
    FROM (SELECT x.*, l.days AS level4_days,
                 coalesce(halves[x.went - base], audit_half(x.went)) AS half,
                 CASE WHEN x.went <= coalesce(a.valid_to, 'infinity') THEN x.agency_id
                      ELSE (SELECT h.heir_id FROM agency_heir h
                             WHERE h.agency_id = x.agency_id
                               AND x.went BETWEEN h.first_day AND h.last_day) END AS heir_id
            FROM (SELECT d.agency_id, d.procedure, d.channel, d.resolved_at, d.due_at, d.one_stop,
                         d.paid_online, d.filed_by, d.satisfaction,
                         d.received_at::date AS came, d.resolved_at::date AS went
                    FROM dossier d
                   WHERE d.status = 'resolved' AND d.agency_id & 1 = odd
                     AND (agencies IS NULL OR d.agency_id = ANY (agencies))
                  OFFSET 0) x
            JOIN agency a ON a.agency_id = x.agency_id
            LEFT JOIN audit_level4_held l ON l.agency_id = x.agency_id AND l.procedure = x.procedure
          OFFSET 0) w
   GROUP BY GROUPING SETS ((w.heir_id, w.went), (w.heir_id, w.half, w.procedure));
END $$;

-- The same of what AGENCIES' dossiers say of withdrawals: how many figures were compared, and
-- those that differ.
CREATE FUNCTION audit_withdrawn(agencies int[])
RETURNS TABLE (figures bigint, agency text, day date, measure text, stored bigint, counted bigint)
LANGUAGE sql STABLE AS $$
  WITH counted AS (
    SELECT d.agency_id, coalesce(d.resolved_at, d.updated_at)::date AS day, count(*) AS dossiers,
           count(*) FILTER (WHERE d.channel = 'online') AS online
      FROM dossier d
     WHERE d.status = 'withdrawn' AND (agencies IS NULL OR d.agency_id = ANY (agencies))
     GROUP BY 1, 2
  ), stored AS (
    SELECT * FROM withdrawn_total t WHERE agencies IS NULL OR t.agency_id = ANY (agencies)
  ), compared AS MATERIALIZED (
    SELECT agency_id, day, m.*
      FROM stored x FULL JOIN counted y USING (agency_id, day)
     CROSS JOIN LATERAL (VALUES
       ('dossiers', coalesce(x.dossiers, 0), coalesce(y.dossiers, 0)),
       ('online', coalesce(x.online, 0), coalesce(y.online, 0))) m (measure, stored, counted)
  )
  SELECT count(*), NULL, NULL::date, NULL, NULL::bigint, NULL::bigint FROM compared
  UNION ALL
  SELECT NULL, coalesce(a.label, c.agency_id::text), c.day, c.measure, c.stored, c.counted
    FROM compared c LEFT JOIN agency a USING (agency_id)
   WHERE c.stored <> c.counted
$$;

-- What is found of the rollups: how many were compared, one that differs, or the sums of a
-- period.
CREATE TYPE audit_found AS (
  figures bigint, rollup text, agency text, day date, procedure text, measure text,
  stored bigint, counted bigint, settled audit_sum);

-- Compares the rollups with the records, of FAMILIES of agencies (lineage_id) or, where
-- that is null, of all, and what is printed of PERIODS with what is worked out from the
-- records (audit_figures.sql).  Days are local because the zone is set.  One row tells how many
-- figures were compared; each other one is a figure that differs: of a rollup, or of the
-- observations of a period.
CREATE FUNCTION audit(families int[], periods text[])
RETURNS TABLE (figures bigint, rollup text, agency text, day date, procedure text, measure text,
               stored bigint, counted bigint)
LANGUAGE plpgsql STABLE SET TimeZone = 'Asia/Ho_Chi_Minh' SET work_mem = '256MB'
SET max_parallel_workers_per_gather = 2 SET enable_mergejoin = off AS $$
DECLARE
  measures constant text[] := ARRAY[
    'received', 'received_online', 'resolved', 'resolved_online', 'level4_online',
    'due_known', 'on_time', 'one_stop_known', 'one_stop', 'paid_known', 'paid_online',
    'filed_by_known', 'assisted', 'scored', 'satisfied'];
  agencies int[] := CASE WHEN families IS NOT NULL THEN
    ARRAY(SELECT a.agency_id FROM agency a WHERE a.lineage_id = ANY (families)) END;
  list text := array_to_string(measures, ', ');
  sums text := (SELECT string_agg(format('sum(%1$s) AS %1$s', m), ', ') FROM unnest(measures) m);
  numbers text := (SELECT string_agg(format('coalesce(x.%s, 0)', m), ', ') FROM unnest(measures) m);
  settled_of_days text := (SELECT string_agg(format('%1$s) AS %1$s', m), ', sum(c.') FROM unnest(measures[3:]) m);
  settled_of_pieces text := array_to_string(measures[3:], '), sum(c.') || ')';
  compared bigint := 0;
  found audit_found[];     -- at once: what a loop fetches is not read in parallel
  settled_sums audit_sum[];
  -- before: one function that is not PARALLEL SAFE would keep all of the statement in one process
  lowers date[] := ARRAY(SELECT lower(period_range(code)) FROM unnest(periods) code);
  uppers date[] := ARRAY(SELECT upper(period_range(code)) FROM unnest(periods) code);
  ends date[] := ARRAY(SELECT DISTINCT d FROM unnest(lowers || uppers) d ORDER BY d);
  wrong record;
  code text;
BEGIN
  EXECUTE format($sql$
    WITH worth AS MATERIALIZED (     -- by two processes, where there are two
      SELECT * FROM audit_resolved($1, 0) UNION ALL SELECT * FROM audit_resolved($1, 1)
      UNION ALL SELECT * FROM audit_received($1, 0) UNION ALL SELECT * FROM audit_received($1, 1)
    ), counted AS MATERIALIZED (
      SELECT rollup, agency_id, day, procedure, %2$s
        FROM (SELECT 'day_total' AS rollup, agency_id, day, '' AS procedure, %1$s
                FROM worth WHERE day IS NOT NULL
              UNION ALL
              SELECT 'half_month_total', agency_id, audit_half(day), '', %1$s
                FROM worth WHERE day IS NOT NULL
              UNION ALL
              SELECT 'procedure_total', agency_id, half, procedure, %1$s
                FROM worth WHERE day IS NULL) w
       GROUP BY rollup, agency_id, day, procedure
    ), stored AS (
      SELECT t.* FROM (SELECT 'day_total' AS rollup, agency_id, day, '' AS procedure, %1$s
                         FROM day_total
                       UNION ALL
                       SELECT 'half_month_total', agency_id, half_month, '', %1$s
                         FROM half_month_total
                       UNION ALL
                       SELECT 'procedure_total', agency_id, half_month, procedure, %1$s
                         FROM procedure_total) t
       WHERE $1 IS NULL OR t.agency_id = ANY ($1)
    ), compared AS MATERIALIZED (
      SELECT rollup, agency_id, day, procedure, ARRAY[%3$s] AS stored, ARRAY[%4$s] AS counted
        FROM stored x FULL JOIN counted y USING (rollup, agency_id, day, procedure)
    ), begun AS (
      SELECT c.agency_id, coalesce(a.records_from, '-infinity') AS records_from, min(c.day) AS day,
             min(c.day) FILTER (WHERE c.resolved > 0) AS settled
        FROM counted c JOIN agency a USING (agency_id)
       WHERE c.rollup = 'day_total' GROUP BY c.agency_id, a.records_from
    ), period AS (       -- each of them as some of the pieces into which all their ends cut time
      SELECT p.code, width_bucket(p.lower, $4) AS first, width_bucket(p.upper, $4) AS stop
        FROM unnest($3, $5, $6) p (code, lower, upper)
    ), piece AS MATERIALIZED (
      SELECT c.agency_id, width_bucket(c.day, $4) AS piece,
             sum(c.%6$s
        FROM counted c JOIN begun b USING (agency_id)
       WHERE c.rollup = 'day_total' AND c.day >= b.records_from
       GROUP BY 1, 2
    ), settled AS (
      SELECT p.code, b.agency_id, b.day, b.settled, sum(c.%7$s
        FROM period p CROSS JOIN begun b
        LEFT JOIN piece c ON c.agency_id = b.agency_id AND c.piece >= p.first AND c.piece < p.stop
       GROUP BY p.code, b.agency_id, b.day, b.settled
    )
    SELECT array_agg(f::audit_found) FROM (
      SELECT count(*) * %5$s AS figures, NULL, NULL, NULL::date, NULL, NULL, NULL::bigint, NULL::bigint,
             NULL::audit_sum
        FROM compared
      UNION ALL
      SELECT NULL, c.rollup, coalesce(a.label, c.agency_id::text), c.day, nullif(c.procedure, ''),
             m.name, c.stored[m.place], c.counted[m.place], NULL
        FROM compared c
        LEFT JOIN agency a USING (agency_id)
       CROSS JOIN LATERAL unnest($2) WITH ORDINALITY m (name, place)
       WHERE c.stored <> c.counted AND c.stored[m.place] <> c.counted[m.place]
      UNION ALL
      SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, s::audit_sum FROM settled s) f
  $sql$, list, sums, numbers, replace(numbers, 'x.', 'y.'), cardinality(measures),
         settled_of_days, settled_of_pieces)
  INTO found USING agencies, measures, periods, ends, lowers, uppers;
  settled_sums := ARRAY(SELECT f.settled FROM unnest(found) f WHERE (f.settled).code IS NOT NULL);
  compared := (SELECT sum(f.figures) FROM unnest(found) f);
  RETURN QUERY
  SELECT NULL::bigint, f.rollup, f.agency, f.day, f.procedure, f.measure, f.stored, f.counted
    FROM unnest(found) f WHERE f.rollup IS NOT NULL;

  FOR wrong IN SELECT w.* FROM audit_withdrawn(agencies) w LOOP
    compared := compared + coalesce(wrong.figures, 0);
    IF wrong.figures IS NULL THEN
      RETURN QUERY SELECT NULL::bigint, 'withdrawn_total', wrong.agency, wrong.day, NULL::text,
                          wrong.measure, wrong.stored, wrong.counted;
    END IF;
  END LOOP;
  FOREACH code IN ARRAY coalesce(periods, '{}') LOOP
    FOR wrong IN SELECT l.* FROM audit_lines(code, families, settled_sums) l LOOP
      compared := compared + coalesce(wrong.figures, 0);
      IF wrong.figures IS NULL THEN
        RETURN QUERY SELECT NULL::bigint, 'observations of ' || code, wrong.agency::text,
                            upper(period_range(code)) - 1, NULL::text, wrong.measure::text,
                            wrong.stored, wrong.counted;
      END IF;
    END LOOP;
  END LOOP;
  IF families IS NULL THEN
    FOR wrong IN SELECT m.* FROM audit_milestones() m LOOP
      compared := compared + coalesce(wrong.figures, 0);
      IF wrong.figures IS NULL THEN
        RETURN QUERY SELECT NULL::bigint, 'milestones', wrong.agency::text, store_day(), NULL::text,
                            wrong.measure::text, wrong.stored, wrong.counted;
      END IF;
    END LOOP;
  END IF;
  RETURN QUERY SELECT compared, NULL::text, NULL::text, NULL::date, NULL::text, NULL::text,
                      NULL::bigint, NULL::bigint;
END $$;

-- A random few of the families that have any dossier.
CREATE FUNCTION audit_sample(wanted int) RETURNS int[]
LANGUAGE sql VOLATILE AS $$
  SELECT array_agg(lineage_id)
    FROM (SELECT lineage_id
            FROM (SELECT DISTINCT a.lineage_id FROM agency a
                   WHERE EXISTS (SELECT FROM dossier d WHERE d.agency_id = a.agency_id)
                      OR EXISTS (SELECT FROM day_total t WHERE t.agency_id = a.agency_id)) f
           ORDER BY random() LIMIT wanted) s
$$;

-- A few of those periods at random.
CREATE FUNCTION audit_few_periods(wanted int) RETURNS text[]
LANGUAGE sql VOLATILE AS $$
  SELECT array_agg(code) FROM (SELECT code FROM unnest(audit_periods()) code
                                ORDER BY random() LIMIT wanted) s
$$;

-- audit() of a few families and periods at random or, if WHOLE, of all, noted in the ledger
-- of audits.
CREATE FUNCTION audit_noted(whole boolean, nightly boolean)
RETURNS TABLE (figures bigint, rollup text, agency text, day date, procedure text, measure text,
               stored bigint, counted bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  begun timestamptz := clock_timestamp();
  families int[] := CASE WHEN NOT whole THEN coalesce(audit_sample(5), '{}') END;
  compared bigint;
  differences bigint := 0;
BEGIN
  FOR figures, rollup, agency, day, procedure, measure, stored, counted IN
    SELECT a.* FROM audit(families, CASE WHEN whole THEN audit_periods() ELSE audit_few_periods(3) END) a
  LOOP
    compared := coalesce(compared, figures);
    differences := differences + (figures IS NULL)::int;
    RETURN NEXT;
  END LOOP;
  INSERT INTO audit_run (begun_at, whole, nightly, figures, differences)
  VALUES (begun, whole, nightly, compared, differences);
END $$;

-- Is the nightly audit due?  Once after each HOUR o'clock in Vietnam, if there was anything
-- to audit by then.  WHOLE: on Sundays everything.
CREATE FUNCTION audit_due(hour int, at timestamptz, OUT due boolean, OUT whole boolean)
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM batch b WHERE b.committed_at < t.moment)
         AND NOT EXISTS (SELECT FROM audit_run r WHERE r.nightly AND r.begun_at >= t.moment),
         extract(isodow FROM t.moment AT TIME ZONE 'Asia/Ho_Chi_Minh') = 7
    FROM (SELECT (date_trunc('day', l.now - make_interval(hours => audit_due.hour))
                  + make_interval(hours => audit_due.hour)) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS moment
            FROM (SELECT audit_due.at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS now) l) t
$$;

-- The newest audit, for people; null before the first.
CREATE FUNCTION audit_newest() RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object('ended_at', ended_at, 'whole', whole, 'nightly', nightly,
                           'figures', figures, 'differences', differences, 'right', differences = 0)
    FROM audit_run ORDER BY ended_at DESC LIMIT 1);
END $$;
