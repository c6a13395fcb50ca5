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

-- What the dossiers are worth, by agency, day and procedure: their receipts, and those that
-- are settled.  Two plain passes over the records, which PostgreSQL can share out among
-- workers; sums over several keys at once it cannot.
CREATE FUNCTION audit_worth(families int[])
RETURNS TABLE (agency_id int, day date, procedure text,
  received bigint, received_online bigint, resolved bigint, resolved_online bigint,
  level4_online bigint, due_known bigint, on_time bigint, one_stop_known bigint, one_stop bigint,
  paid_known bigint, paid_online bigint, filed_by_known bigint, assisted bigint, scored bigint,
  satisfied bigint)
LANGUAGE sql STABLE AS $$
  SELECT d.agency_id, d.received_at::date, d.procedure,
         count(*), count(*) FILTER (WHERE d.channel = 'online'),
         0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM dossier d
   WHERE d.status <> 'void'
     AND (families IS NULL OR d.agency_id IN
            (SELECT a.agency_id FROM agency a WHERE a.lineage_id = ANY (families)))
   GROUP BY d.agency_id, d.received_at::date, d.procedure
  UNION ALL
  SELECT heir.heir_id, d.resolved_at::date, d.procedure, 0, 0,
         count(*), count(*) FILTER (WHERE d.channel = 'online'),
         count(l.days),
         count(d.due_at), count(*) FILTER (WHERE d.resolved_at <= d.due_at),
         count(d.one_stop), count(*) FILTER (WHERE d.one_stop),
         count(d.paid_online), count(*) FILTER (WHERE d.paid_online),
         count(d.filed_by) FILTER (WHERE d.channel = 'online'),
         count(d.filed_by) FILTER (WHERE d.channel = 'online' AND d.filed_by <> 'self'),
         count(d.satisfaction), count(*) FILTER (WHERE d.satisfaction > 3)
    FROM dossier d
    JOIN agency_heir heir ON heir.agency_id = d.agency_id
                         AND d.resolved_at::date BETWEEN heir.first_day AND heir.last_day
    JOIN agency_heir receiver ON receiver.agency_id = d.agency_id
                             AND d.received_at::date BETWEEN receiver.first_day AND receiver.last_day
    LEFT JOIN audit_level4 l ON l.agency_id = receiver.heir_id AND l.procedure = d.procedure
                            AND d.channel = 'online' AND l.days @> d.received_at::date
   WHERE d.status = 'resolved'
     AND (families IS NULL OR d.agency_id IN
            (SELECT a.agency_id FROM agency a WHERE a.lineage_id = ANY (families)))
   GROUP BY heir.heir_id, d.resolved_at::date, d.procedure
$$;

-- Compares the rollups with the records, of FAMILIES of agencies (lineage_id) or, where
-- that is null, of all.  The first row tells how many figures were compared; each other
-- one is a figure that differs.  Days are local because the zone is set.
CREATE FUNCTION audit(families int[])
RETURNS TABLE (figures bigint, rollup text, agency text, day date, procedure text, measure text,
               stored bigint, counted bigint)
LANGUAGE plpgsql STABLE SET TimeZone = 'Asia/Ho_Chi_Minh' SET work_mem = '256MB'
SET max_parallel_workers_per_gather = 2 AS $$
DECLARE
  measures constant text[] := ARRAY[
    'received', 'received_online', 'resolved', 'resolved_online', 'level4_online',
    'due_known', 'on_time', 'one_stop_known', 'one_stop', 'paid_known', 'paid_online',
    'filed_by_known', 'assisted', 'scored', 'satisfied'];
  list text := array_to_string(measures, ', ');
  sums text := (SELECT string_agg(format('sum(%1$s)::bigint AS %1$s', m), ', ') FROM unnest(measures) m);
  numbers text := (SELECT string_agg(format('coalesce(x.%s, 0)', m), ', ') FROM unnest(measures) m);
BEGIN
  RETURN QUERY EXECUTE format($sql$
    WITH counted AS (
      SELECT CASE WHEN grouping(day) = 0 THEN 'day_total'
                  WHEN grouping(procedure) = 0 THEN 'procedure_total'
                  ELSE 'half_month_total' END AS rollup,
             agency_id, coalesce(day, half) AS day, coalesce(procedure, '') AS procedure, %2$s
        FROM (SELECT w.*, make_date(date_part('year', w.day)::int, date_part('month', w.day)::int,
                                    CASE WHEN date_part('day', w.day) < 15 THEN 1 ELSE 15 END) AS half
                FROM audit_worth($1) w) w
       GROUP BY GROUPING SETS ((agency_id, day), (agency_id, half), (agency_id, half, procedure))
    ), stored AS (
      SELECT t.* FROM (SELECT 'day_total' AS rollup, agency_id, day, '' AS procedure, %1$s
                         FROM day_total
                       UNION ALL
                       SELECT 'half_month_total', agency_id, half_month, '', %1$s
                         FROM half_month_total
                       UNION ALL
                       SELECT 'procedure_total', agency_id, half_month, procedure, %1$s
                         FROM procedure_total) t
       WHERE $1 IS NULL OR t.agency_id IN
               (SELECT a.agency_id FROM agency a WHERE a.lineage_id = ANY ($1))
    ), compared AS MATERIALIZED (
      SELECT rollup, agency_id, day, procedure, ARRAY[%3$s] AS stored, ARRAY[%4$s] AS counted
        FROM stored x FULL JOIN counted y USING (rollup, agency_id, day, procedure)
    )
    SELECT count(*) * %5$s, NULL, NULL, NULL::date, NULL, NULL, NULL::bigint, NULL::bigint
      FROM compared
    UNION ALL
    SELECT NULL, c.rollup, coalesce(a.label, c.agency_id::text), c.day, nullif(c.procedure, ''),
           m.name, c.stored[m.place], c.counted[m.place]
      FROM compared c
      LEFT JOIN agency a USING (agency_id)
     CROSS JOIN LATERAL unnest($2) WITH ORDINALITY m (name, place)
     WHERE c.stored <> c.counted AND c.stored[m.place] <> c.counted[m.place]
  $sql$, list, sums, numbers, replace(numbers, 'x.', 'y.'), cardinality(measures))
  USING families, measures;
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

-- audit() of a few families at random or, if WHOLE, of all, noted in the ledger of audits.
CREATE FUNCTION audit_noted(whole boolean, nightly boolean)
RETURNS TABLE (figures bigint, rollup text, agency text, day date, procedure text, measure text,
               stored bigint, counted bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  begun timestamptz := clock_timestamp();
  families int[] := CASE WHEN NOT whole THEN coalesce(audit_sample(5), '{}') END;
  compared bigint;
  differences bigint := -1;     -- the first row is none
BEGIN
  FOR figures, rollup, agency, day, procedure, measure, stored, counted IN
    SELECT a.* FROM audit(families) a
  LOOP
    compared := coalesce(compared, figures);
    differences := differences + 1;
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
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('ended_at', ended_at, 'whole', whole, 'nightly', nightly,
                           'figures', figures, 'differences', differences, 'right', differences = 0)
    FROM audit_run ORDER BY ended_at DESC LIMIT 1
$$;
