-- rollup.sql -- what a dossier adds to the totals, and how these move.

-- The services of level 4, each with the days on which they are.
CREATE VIEW service_level4 AS
SELECT agency_id, procedure, valid_from AS first_day, last_day
  FROM service_span
 WHERE level IN ('4', 'full');

-- The same by whoever may hold a dossier: a holder's dossiers received on a day look
-- at the services of the row in force on that day.
CREATE VIEW holder_level4 AS
SELECT h.agency_id, s.procedure, greatest(h.first_day, s.first_day) AS first_day,
       least(h.last_day, s.last_day) AS last_day
  FROM agency_heir h
  JOIN service_level4 s ON s.agency_id = h.heir_id
                       AND s.first_day <= h.last_day AND s.last_day >= h.first_day;

-- The first day of the half month (1st to 14th, 15th to end) of a day.
CREATE FUNCTION half_month_of(day date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT day - (CASE WHEN date_part('day', day) < 15 THEN date_part('day', day) - 1
                     ELSE date_part('day', day) - 15 END)::int
$$;

-- Moves day_total and procedure_total by the dossiers in SOURCE, a relation with the
-- columns of dossier and `sign`: +1 for a state that came, -1 for one that went (only with
-- WANES).
-- THE definition of what a dossier adds: received* by the receiving row and the day of
-- receipt, for all but void ones; the cohort by the row it counts for and the day it
-- was settled.
CREATE FUNCTION rollup_move(source text, wanes boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  columns constant text[] := ARRAY[
    'received', 'received_online', 'resolved', 'resolved_online', 'level4_online',
    'due_known', 'on_time', 'one_stop_known', 'one_stop', 'paid_known', 'paid_online',
    'filed_by_known', 'assisted', 'scored', 'satisfied'];
  names text;
  sums text;
  added text;
BEGIN
  SELECT string_agg(quote_ident(c), ', ' ORDER BY n),
         string_agg(format('coalesce(sum(%I), 0)', c), ', ' ORDER BY n),
         string_agg(format('%1$I = t.%1$I + excluded.%1$I', c), ', ' ORDER BY n)
    INTO names, sums, added FROM unnest(columns) WITH ORDINALITY u (c, n);

  EXECUTE format($sql$
    CREATE TEMP TABLE rollup_change ON COMMIT DROP AS
    SELECT agency_id, received_day AS day, procedure, half_month,
           sum(sign) AS received,
           sum(sign) FILTER (WHERE channel = 'online') AS received_online,
           0 AS resolved, 0 AS resolved_online, 0 AS level4_online, 0 AS due_known,
           0 AS on_time, 0 AS one_stop_known, 0 AS one_stop, 0 AS paid_known,
           0 AS paid_online, 0 AS filed_by_known, 0 AS assisted, 0 AS scored, 0 AS satisfied
      FROM (SELECT *, half_month_of(received_day) AS half_month
              FROM %1$s WHERE status <> 'void') s
     GROUP BY GROUPING SETS ((agency_id, received_day), (agency_id, procedure, half_month))
    UNION ALL
    SELECT settled_id, resolved_day, procedure, half_month,
           0, 0,
           sum(sign),
           sum(sign) FILTER (WHERE channel = 'online'),
           sum(sign) FILTER (WHERE level4),
           sum(sign) FILTER (WHERE due_at IS NOT NULL),
           sum(sign) FILTER (WHERE resolved_at <= due_at),
           sum(sign) FILTER (WHERE one_stop IS NOT NULL),
           sum(sign) FILTER (WHERE one_stop),
           sum(sign) FILTER (WHERE paid_online IS NOT NULL),
           sum(sign) FILTER (WHERE paid_online),
           sum(sign) FILTER (WHERE channel = 'online' AND filed_by IS NOT NULL),
           sum(sign) FILTER (WHERE channel = 'online' AND filed_by IN ('assisted', 'staff')),
           sum(sign) FILTER (WHERE satisfaction IS NOT NULL),
           sum(sign) FILTER (WHERE satisfaction >= 4)
      FROM (SELECT *, half_month_of(resolved_day) AS half_month
              FROM %1$s WHERE status = 'resolved') s
     GROUP BY GROUPING SETS ((settled_id, resolved_day), (settled_id, procedure, half_month))
  $sql$, source);

  EXECUTE format($sql$
    INSERT INTO day_total AS t (agency_id, day, %1$s)
    SELECT agency_id, day, %2$s
      FROM rollup_change WHERE day IS NOT NULL
     GROUP BY agency_id, day ORDER BY agency_id, day
    ON CONFLICT (agency_id, day) DO UPDATE SET %3$s
  $sql$, names, sums, added);
  EXECUTE format($sql$
    INSERT INTO procedure_total AS t (agency_id, procedure, half_month, %1$s)
    SELECT agency_id, procedure, half_month, %2$s
      FROM rollup_change WHERE day IS NULL
     GROUP BY agency_id, procedure, half_month ORDER BY agency_id, half_month, procedure
    ON CONFLICT (agency_id, half_month, procedure) DO UPDATE SET %3$s
  $sql$, names, sums, added);

  -- A row of zeros would be another way to say that there is none.
  IF wanes THEN
    DELETE FROM day_total t USING rollup_change c
     WHERE t.agency_id = c.agency_id AND t.day = c.day AND t.received = 0 AND t.resolved = 0;
    DELETE FROM procedure_total t USING rollup_change c
     WHERE c.day IS NULL AND t.agency_id = c.agency_id AND t.procedure = c.procedure
       AND t.half_month = c.half_month AND t.received = 0 AND t.resolved = 0;
  END IF;
  DROP TABLE rollup_change;
END $$;
