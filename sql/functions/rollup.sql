-- rollup.sql -- what a dossier adds to the totals, and how these move.

-- The services of level 4, each with the days on which they are: those of its row on which
-- no later row rules (services_on()).
CREATE VIEW service_level4 AS
SELECT s.agency_id, s.procedure, lower(d.days) AS first_day,
       CASE WHEN upper(d.days) = 'infinity' THEN upper(d.days) ELSE upper(d.days) - 1 END AS last_day
  FROM service_span s
 CROSS JOIN LATERAL (
   SELECT range_agg(daterange(n.valid_from, n.last_day, '[]')) AS days FROM service_span n
    WHERE n.agency_id = s.agency_id AND n.procedure = s.procedure
      AND n.valid_from > s.valid_from AND n.valid_from <= s.last_day) later
 CROSS JOIN LATERAL unnest(datemultirange(daterange(s.valid_from, s.last_day, '[]'))
                           - coalesce(later.days, '{}')) AS d (days)
 WHERE s.level IN ('4', 'full');

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

-- The first half month that begins on DAY or later.
CREATE FUNCTION half_month_from(day date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN date_part('day', day) = 1 THEN day
              WHEN date_part('day', day) <= 15 THEN day + (15 - date_part('day', day)::int)
              ELSE (day - (date_part('day', day)::int - 1) + interval '1 month')::date END
$$;

-- The totals of the days from FIRST on before STOP in as few pieces as there are: half
-- months, and the days before and after them that do not fill one.  `day` is the first
-- of a piece, which never reaches into a second month.
CREATE FUNCTION total_pieces(first date, stop date) RETURNS SETOF day_total
LANGUAGE sql STABLE AS $$
  SELECT * FROM half_month_total h
   WHERE h.half_month >= half_month_from(first) AND h.half_month < half_month_of(stop)
  UNION ALL
  SELECT * FROM day_total d
   WHERE d.day >= first AND d.day < least(half_month_from(first), stop)
  UNION ALL
  SELECT * FROM day_total d
   WHERE d.day >= greatest(half_month_from(first), half_month_of(stop)) AND d.day < stop
$$;

-- The local day on which a dossier ended that was not settled.
CREATE FUNCTION ended_day(resolved_day date, updated_at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(resolved_day, (updated_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
$$;

-- What is to move: cells of day_total (procedure and half_month null), of procedure_total
-- (day null) and, in the columns received*, of withdrawn_total (day and half_month given),
-- each any number of times.  C copies into it what new dossiers add (collector/rollup.c),
-- rollup_gather() what the merge changes.
CREATE FUNCTION rollup_open() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('pg_temp.rollup_change') IS NULL THEN
    CREATE TEMP TABLE rollup_change (
      agency_id int, day date, procedure text, half_month date,
      received int, received_online int, resolved int, resolved_online int, level4_online int,
      due_known int, on_time int, one_stop_known int, one_stop int, paid_known int,
      paid_online int, filed_by_known int, assisted int, scored int, satisfied int
    ) ON COMMIT DROP;
  END IF;
END $$;

-- Adds the dossiers in SOURCE to what is to move: a relation with the columns of dossier
-- and `sign`, +1 for a state that came, -1 for one that went.
-- THE definition of what a dossier adds: received* by the receiving row and the day of
-- receipt, for all but void ones; the cohort by the row it counts for and the day it
-- was settled; withdrawn ones by the row that holds them and the day they ended.
-- collector/rollup.c says the same of new dossiers.
CREATE FUNCTION rollup_gather(source text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM rollup_open();
  EXECUTE format($sql$
    INSERT INTO rollup_change
    SELECT agency_id, received_day AS day, procedure, half_month,
           sum(sign) AS received,
           coalesce(sum(sign) FILTER (WHERE channel = 'online'), 0) AS received_online,
           0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
      FROM (SELECT *, half_month_of(received_day) AS half_month
              FROM %1$s WHERE status <> 'void') s
     GROUP BY GROUPING SETS ((agency_id, received_day), (agency_id, procedure, half_month))
    UNION ALL
    SELECT settled_id, resolved_day, procedure, half_month,
           0, 0,
           sum(sign),
           coalesce(sum(sign) FILTER (WHERE channel = 'online'), 0),
           coalesce(sum(sign) FILTER (WHERE level4), 0),
           coalesce(sum(sign) FILTER (WHERE due_at IS NOT NULL), 0),
           coalesce(sum(sign) FILTER (WHERE resolved_at <= due_at), 0),
           coalesce(sum(sign) FILTER (WHERE one_stop IS NOT NULL), 0),
           coalesce(sum(sign) FILTER (WHERE one_stop), 0),
           coalesce(sum(sign) FILTER (WHERE paid_online IS NOT NULL), 0),
           coalesce(sum(sign) FILTER (WHERE paid_online), 0),
           coalesce(sum(sign) FILTER (WHERE channel = 'online' AND filed_by IS NOT NULL), 0),
           coalesce(sum(sign) FILTER (WHERE channel = 'online'
                                        AND filed_by IN ('assisted', 'staff')), 0),
           coalesce(sum(sign) FILTER (WHERE satisfaction IS NOT NULL), 0),
           coalesce(sum(sign) FILTER (WHERE satisfaction >= 4), 0)
      FROM (SELECT *, half_month_of(resolved_day) AS half_month
              FROM %1$s WHERE status = 'resolved') s
     GROUP BY GROUPING SETS ((settled_id, resolved_day), (settled_id, procedure, half_month))
    UNION ALL
    SELECT agency_id, day, NULL, half_month_of(day), sum(sign),
           coalesce(sum(sign) FILTER (WHERE channel = 'online'), 0),
           0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
      FROM (SELECT *, ended_day(resolved_day, updated_at) AS day
              FROM %1$s WHERE status = 'withdrawn') s
     GROUP BY agency_id, day
  $sql$, source);
END $$;

-- Moves the totals by all that was gathered; WANES where some of it went.  In an empty
-- table nothing can be there already, and a plain insert costs a quarter less: the families
-- are locked, so that nobody else brings the same cells.
CREATE FUNCTION rollup_apply(wanes boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  columns constant text[] := ARRAY[
    'received', 'received_online', 'resolved', 'resolved_online', 'level4_online',
    'due_known', 'on_time', 'one_stop_known', 'one_stop', 'paid_known', 'paid_online',
    'filed_by_known', 'assisted', 'scored', 'satisfied'];
  is_first constant boolean := NOT EXISTS (SELECT FROM day_total)
                               AND NOT EXISTS (SELECT FROM half_month_total)
                               AND NOT EXISTS (SELECT FROM procedure_total)
                               AND NOT EXISTS (SELECT FROM withdrawn_total);
  t record;
BEGIN
  FOR t IN
    SELECT h.*, s.names, s.sums, s.added
      FROM (VALUES
        ('day_total', 'agency_id, day', 'day IS NOT NULL AND half_month IS NULL', 'agency_id, day',
         columns, columns, 't.received = 0 AND t.resolved = 0'),
        ('half_month_total', 'agency_id, half_month', 'day IS NOT NULL AND half_month IS NULL',
         'agency_id, half_month_of(day)', columns, columns, 't.received = 0 AND t.resolved = 0'),
        ('procedure_total', 'agency_id, half_month, procedure', 'day IS NULL',
         'agency_id, half_month, procedure', columns, columns, 't.received = 0 AND t.resolved = 0'),
        ('withdrawn_total', 'agency_id, day', 'day IS NOT NULL AND half_month IS NOT NULL',
         'agency_id, day', '{dossiers,online}', columns[:2], 't.dossiers = 0')
      ) AS h (home, key, cells, source, own, gathered, is_empty)
     CROSS JOIN LATERAL (
       SELECT string_agg(quote_ident(o), ', ' ORDER BY n) AS names,
              string_agg(format('sum(%I)', g), ', ' ORDER BY n) AS sums,
              string_agg(format('%1$I = t.%1$I + excluded.%1$I', o), ', ' ORDER BY n) AS added
         FROM unnest(h.own, h.gathered) WITH ORDINALITY u (o, g, n)) s
  LOOP
    EXECUTE format($sql$
      INSERT INTO %1$I AS t (%2$s, %5$s)
      SELECT %4$s, %6$s
        FROM rollup_change WHERE %3$s
       GROUP BY %4$s ORDER BY %4$s
      %7$s
    $sql$, t.home, t.key, t.cells, t.source, t.names, t.sums,
           CASE WHEN NOT is_first
                THEN format('ON CONFLICT (%s) DO UPDATE SET %s', t.key, t.added) END);
    -- A row of zeros would be another way to say that there is none.
    IF wanes THEN
      EXECUTE format($sql$
        DELETE FROM %1$I t
         WHERE (%2$s) IN (SELECT %4$s FROM rollup_change
                           WHERE %3$s AND (received < 0 OR resolved < 0))
           AND %5$s
      $sql$, t.home, t.key, t.cells, t.source, t.is_empty);
    END IF;
  END LOOP;
  DROP TABLE rollup_change;
END $$;

-- Both at once, for a change outside the merge of dossiers.
CREATE FUNCTION rollup_move(source text, wanes boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM rollup_gather(source);
  PERFORM rollup_apply(wanes);
END $$;
