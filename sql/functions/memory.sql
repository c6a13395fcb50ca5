-- memory.sql -- figures that were computed already, for as long as they hold.
--
-- A page shows a period beside five or eight earlier ones.  To compute a year costs some
-- 40 ms, to read it again two; so the collector computes the periods that pages show, and
-- keeps them in five parts, by what the indicators are over: dossiers, services, facts,
-- totals, surveys.  With each part stands the state of all that it rests on.  In another
-- state it is computed again: what is remembered is what would be computed, or it is not
-- asked.  So dossiers of an agency, while they come, make the indicators over dossiers be
-- computed, in the periods that they fall in, and nothing else.  An upgrade may compute
-- otherwise, and begins with an empty memory.  What is published is never taken from it.

DROP TABLE IF EXISTS remembered, remembered_text, remembered_reading, remembered_period, remembered_part,
                     remembered_recast, remembered_recast_state, figure_moves, figure_roster;

CREATE TABLE remembered OF observation (PRIMARY KEY (agency_id, period, indicator));
CREATE INDEX remembered_of_period ON remembered (period, indicator COLLATE "C", agency COLLATE "C");

-- The same as the API gives them: each as JSON without its last brace and its marks
-- (figure_object.sql).
CREATE TABLE remembered_text (
  agency_id int NOT NULL,
  period    text NOT NULL,
  indicator text NOT NULL,
  written   text NOT NULL,
  PRIMARY KEY (period, indicator, agency_id)
);

-- What the indicators of a remembered part would be under their other readings (variants.sql):
-- to compute one costs as much as the figure itself.
CREATE TABLE remembered_reading (
  period      text NOT NULL,
  indicator   text NOT NULL,
  agency_id   int NOT NULL,
  variant     text NOT NULL,
  numerator   bigint,
  denominator bigint,
  value       text,
  percent     text,
  status      text,
  PRIMARY KEY (agency_id, period, indicator, variant)
);

-- The parts of a period that are remembered, and on what they rest.
CREATE TABLE remembered_part (
  period    text NOT NULL,
  part      text NOT NULL,       -- figure_part()
  last_day  date NOT NULL,       -- of the period
  any_batch boolean NOT NULL,
  ground    text NOT NULL,       -- figure_ground() when it was computed
  first_day date NOT NULL,       -- of the days whose records matter
  end_day   date NOT NULL,
  moves     bigint NOT NULL,     -- figure_moved() when it was computed
  remembered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (period, part)
);

-- Periods on today's agencies (recast.sql), whole.
CREATE TABLE remembered_recast OF observation (PRIMARY KEY (agency_id, period, indicator));
CREATE INDEX remembered_recast_of_period ON remembered_recast (period, indicator COLLATE "C", agency COLLATE "C");
CREATE TABLE remembered_recast_state (
  period        text PRIMARY KEY,
  state         text NOT NULL,   -- recast_state() when it was computed
  remembered_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- ---------------------------------------------------------------- what moved

-- How often each source of figures was changed, by triggers in the transaction that changed
-- it: whoever sees the change sees the count, which never falls.  By agency, so that those who
-- bring records of two do not wait for each other; those of one family do anyhow (merge.sql).
CREATE TABLE figure_moves (
  source     text NOT NULL,      -- dossier, total, stock, service, fact, start, roster, register
  half_month date NOT NULL,      -- of dossiers and totals of a span; else -infinity
  agency_id  int NOT NULL,       -- 0: of none
  moves      bigint NOT NULL DEFAULT 1,
  moved_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (source, half_month, agency_id)
);

-- Whether an agency has records at all, which lists it in any period; and since when it has
-- dossiers, from which on they answer instead of totals, and whether a catalogue, by which
-- their level is known.
CREATE TABLE figure_roster (
  agency_id   int PRIMARY KEY,
  is_listed   boolean NOT NULL,
  has_service boolean NOT NULL,
  first_day   date,
  settled_day date
);

-- Brings the roster up to date for AGENCIES.
CREATE FUNCTION look_at_roster(agencies int[]) RETURNS void
LANGUAGE sql AS $$
  WITH now AS MATERIALIZED (
    SELECT x.agency_id, d.first_day IS NOT NULL OR d.has_service
           OR EXISTS (SELECT FROM fact f WHERE f.agency_id = x.agency_id)
           OR EXISTS (SELECT FROM reported_count c WHERE c.agency_id = x.agency_id) AS is_listed,
           d.has_service, d.first_day, d.settled_day
      FROM unnest(agencies) x (agency_id)
     CROSS JOIN LATERAL (SELECT
       EXISTS (SELECT FROM service s WHERE s.agency_id = x.agency_id),
       (SELECT t.day FROM day_total t WHERE t.agency_id = x.agency_id ORDER BY t.day LIMIT 1),
       (SELECT t.day FROM day_total t WHERE t.agency_id = x.agency_id AND t.resolved > 0
         ORDER BY t.day LIMIT 1)) d (has_service, first_day, settled_day)
     WHERE x.agency_id <> 0      -- the nation is listed whatever it has
  ), changed AS (
    SELECT n.*, n.is_listed <> coalesce(r.is_listed, false) AS roster,
           (n.has_service, n.first_day, n.settled_day)
             IS DISTINCT FROM (coalesce(r.has_service, false), r.first_day, r.settled_day) AS start
      FROM now n LEFT JOIN figure_roster r USING (agency_id)
  ), kept AS (
    INSERT INTO figure_roster AS r
    SELECT agency_id, is_listed, has_service, first_day, settled_day FROM changed
     WHERE roster OR start ORDER BY agency_id
    ON CONFLICT (agency_id) DO UPDATE
      SET is_listed = excluded.is_listed, has_service = excluded.has_service,
          first_day = excluded.first_day, settled_day = excluded.settled_day
  )
  INSERT INTO figure_moves AS m (source, half_month, agency_id)
  SELECT s.source, '-infinity', c.agency_id
    FROM changed c CROSS JOIN LATERAL (VALUES ('roster', c.roster), ('start', c.start)) s (source, moved)
   WHERE s.moved ORDER BY s.source, c.agency_id
  ON CONFLICT (source, half_month, agency_id) DO UPDATE SET moves = m.moves + 1, moved_at = excluded.moved_at
$$;

-- The triggers: `moved` holds the rows that came, or those that went.  They act as the owner:
-- nobody else writes these tables.
CREATE FUNCTION dossiers_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
BEGIN
  INSERT INTO figure_moves AS m (source, half_month, agency_id)
  SELECT DISTINCT 'dossier', half_month_of(day) AS half_month, agency_id FROM moved
   ORDER BY half_month, agency_id
  ON CONFLICT (source, half_month, agency_id) DO UPDATE SET moves = m.moves + 1, moved_at = excluded.moved_at;
  PERFORM look_at_roster(ARRAY(SELECT DISTINCT agency_id FROM moved));
  RETURN NULL;
END $$;

CREATE FUNCTION counts_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
BEGIN
  INSERT INTO figure_moves AS m (source, half_month, agency_id)
  SELECT DISTINCT CASE WHEN is_stock THEN 'stock' ELSE 'total' END AS source,
         CASE WHEN is_stock THEN '-infinity' ELSE half_month_of(first_day) END AS half_month, agency_id
    FROM (SELECT *, measure = ANY (stock_measures()) AS is_stock FROM moved) c
   ORDER BY source, half_month, agency_id
  ON CONFLICT (source, half_month, agency_id) DO UPDATE SET moves = m.moves + 1, moved_at = excluded.moved_at;
  PERFORM look_at_roster(ARRAY(SELECT DISTINCT agency_id FROM moved));
  RETURN NULL;
END $$;

-- Of services and facts; the table has the name of the source.
CREATE FUNCTION rows_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
BEGIN
  INSERT INTO figure_moves AS m (source, half_month, agency_id)
  SELECT DISTINCT TG_TABLE_NAME, '-infinity'::date, agency_id FROM moved ORDER BY agency_id
  ON CONFLICT (source, half_month, agency_id) DO UPDATE SET moves = m.moves + 1, moved_at = excluded.moved_at;
  PERFORM look_at_roster(ARRAY(SELECT DISTINCT agency_id FROM moved));
  RETURN NULL;
END $$;

-- Whatever says who is who and what is measured: all figures rest on it.
CREATE FUNCTION register_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
BEGIN
  INSERT INTO figure_moves AS m (source, half_month, agency_id) VALUES ('register', '-infinity', 0)
  ON CONFLICT (source, half_month, agency_id) DO UPDATE SET moves = m.moves + 1, moved_at = excluded.moved_at;
  RETURN NULL;
END $$;

DO $$
DECLARE
  home text;
  react text;
BEGIN
  FOR home, react IN VALUES ('day_total', 'dossiers_moved'), ('withdrawn_total', 'dossiers_moved'),
                            ('reported_count', 'counts_moved'),
                            ('service', 'rows_moved'), ('fact', 'rows_moved') LOOP
    EXECUTE format('CREATE TRIGGER figures_come AFTER INSERT ON %I REFERENCING NEW TABLE AS moved '
                   'FOR EACH STATEMENT EXECUTE FUNCTION %I()', home, react);
    EXECUTE format('CREATE TRIGGER figures_become AFTER UPDATE ON %I REFERENCING NEW TABLE AS moved '
                   'FOR EACH STATEMENT EXECUTE FUNCTION %I()', home, react);
    EXECUTE format('CREATE TRIGGER figures_were AFTER UPDATE ON %I REFERENCING OLD TABLE AS moved '
                   'FOR EACH STATEMENT EXECUTE FUNCTION %I()', home, react);
    EXECUTE format('CREATE TRIGGER figures_go AFTER DELETE ON %I REFERENCING OLD TABLE AS moved '
                   'FOR EACH STATEMENT EXECUTE FUNCTION %I()', home, react);
  END LOOP;
  FOREACH home IN ARRAY '{agency,agency_heir,national,indicator,definition,variant,population,
                          target,target_set,rank_rule}'::text[] LOOP
    EXECUTE format('CREATE TRIGGER figures_move AFTER INSERT OR UPDATE OR DELETE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION register_moved()', home);
  END LOOP;
  FOREACH home IN ARRAY '{day_total,withdrawn_total,reported_count,service,fact,agency,agency_heir,national,indicator,
                          definition,variant,population,target,target_set,rank_rule}'::text[] LOOP
    EXECUTE format('CREATE TRIGGER figures_end AFTER TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION register_moved()', home);
  END LOOP;
  PERFORM look_at_roster(ARRAY(SELECT agency_id FROM agency));
END $$;

-- ---------------------------------------------------------------- what is remembered

-- The part that an indicator of KIND belongs to.
CREATE FUNCTION figure_part(kind text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE kind WHEN 'reduction' THEN 'count' ELSE kind END $$;

-- What every part of a period that ends on LAST_DAY rests on: the registers, who has records,
-- the catalogue, the day, D (DESIGN 5), and what was published, with which a final period is
-- compared; ANY_BATCH: on every batch too.  As the owner sees it: a reader who sees but his
-- own batches has the same figures as all.
CREATE FUNCTION figure_ground(last_day date, any_batch boolean) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
BEGIN
  RETURN (SELECT concat_ws(' ',
      (SELECT sum(m.moves) FROM figure_moves m
        WHERE m.source IN ('register', 'roster') AND m.half_month = '-infinity'),
      s.catalogue_at, office_today(),
      least(figure_ground.last_day, (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date),
      (SELECT max(v.vintage_id) FROM vintage v), (SELECT count(*) FROM reopening),
      CASE WHEN any_batch THEN (SELECT concat(max(b.batch_id), '/', count(*)) FROM batch b) END)
    FROM store s);
END $$;

-- How often the sources of PART were changed that speak of the days from FIRST on before STOP,
-- and when last.
CREATE FUNCTION figure_moved(part text, first date, stop date, OUT moves bigint, OUT moved_at timestamptz)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
DECLARE
  begins date := CASE WHEN isfinite(first) THEN half_month_of(first) ELSE first END;
BEGIN
  SELECT coalesce(sum(m.moves), 0), max(m.moved_at) INTO moves, moved_at
    FROM unnest(CASE part WHEN 'dossier' THEN '{dossier,total,start}' WHEN 'service' THEN '{service}'
                          WHEN 'fact' THEN '{fact,service}' WHEN 'count' THEN '{total,stock}'
                          ELSE '{}' END::text[]) s (source)
   CROSS JOIN LATERAL (       -- two spans of the key
     SELECT x.moves, x.moved_at FROM figure_moves x
      WHERE x.source = s.source AND x.half_month = '-infinity'
     UNION ALL
     SELECT x.moves, x.moved_at FROM figure_moves x
      WHERE x.source = s.source AND x.half_month > '-infinity'
        AND x.half_month >= begins AND x.half_month < stop) m;
END $$;

-- The parts of a period, and the days whose records matter to each.
CREATE FUNCTION figure_parts(code text)
RETURNS TABLE (part text, last_day date, any_batch boolean, first_day date, end_day date)
LANGUAGE sql STABLE AS $$
  SELECT p.part, upper(d.days) - 1, r.any_batch,
         CASE WHEN r.far THEN date '-infinity' ELSE lower(d.days) END,
         CASE WHEN r.far THEN date 'infinity' ELSE upper(d.days) END
    FROM period_range(code) d (days)
   CROSS JOIN LATERAL (SELECT
     -- Another formula than the usual one may count what no total holds.
     EXISTS (SELECT FROM formulas_on(upper(d.days) - 1)),
     -- Towards a deadline that is ahead a path leads from the first observation of all.
     EXISTS (SELECT FROM targets_on(upper(d.days) - 1) t WHERE t.deadline >= office_today())) r (any_batch, far)
   CROSS JOIN unnest('{dossier,service,fact,count,survey}'::text[]) p (part)
$$;

-- The indicators of a period, or the one asked for, that memory does not answer; empty: it
-- answers all.  Null: nothing of it is remembered, or something else is asked.
CREATE FUNCTION forgotten(code text, wanted text) RETURNS text[]
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
DECLARE
  asked text := (SELECT figure_part(i.kind) FROM indicator i WHERE i.slug = wanted);
  known text[];
BEGIN
  IF chosen_set() <> 'NQ17' OR chosen_variant() <> '' OR recast_chosen()
     OR NOT EXISTS (SELECT FROM remembered_part p WHERE p.period = code) THEN
    RETURN NULL;
  END IF;
  known := ARRAY(
    WITH now AS MATERIALIZED (     -- one ground for all parts
      SELECT d.last_day, d.any_batch, figure_ground(d.last_day, d.any_batch) AS ground
        FROM (SELECT DISTINCT r.last_day, r.any_batch FROM remembered_part r WHERE r.period = code) d
    )
    SELECT p.part
      FROM now n JOIN remembered_part p ON p.period = code AND p.any_batch = n.any_batch AND p.ground = n.ground
     WHERE p.part = coalesce(asked, p.part)
       AND p.moves = (SELECT m.moves FROM figure_moved(p.part, p.first_day, p.end_day) m));
  RETURN ARRAY(SELECT i.slug FROM indicator i
                WHERE i.slug = coalesce(wanted, i.slug) AND figure_part(i.kind) <> ALL (known));
END $$;

CREATE FUNCTION is_remembered(code text) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT coalesce(forgotten(code, NULL) = '{}', false) $$;

-- Computes PARTS of a period and keeps them.  What they rest on is read in the statement that
-- reads the figures: all is of one moment.
CREATE FUNCTION remember(code text, parts text[] DEFAULT '{dossier,service,fact,count,survey}')
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  slugs text[] := ARRAY(SELECT i.slug FROM indicator i WHERE figure_part(i.kind) = ANY (parts));
BEGIN
  DELETE FROM remembered_part p WHERE p.period = code AND p.part = ANY (parts);
  DELETE FROM remembered r WHERE r.period = code AND r.indicator = ANY (slugs);
  DELETE FROM remembered_text r WHERE r.period = code AND r.indicator = ANY (slugs);
  DELETE FROM remembered_reading r WHERE r.period = code AND r.indicator = ANY (slugs);
  WITH kept AS (INSERT INTO remembered AS r SELECT * FROM observations_now(code, slugs)
                RETURNING r::observation AS o),
  told AS (INSERT INTO remembered_text
           SELECT (k.o).agency_id, code, (k.o).indicator,
                  left(figure_text(k.o, a.members, i.members, t.members, NULL), -1)
             FROM kept k
             LEFT JOIN agency_members a ON a.agency_id = (k.o).agency_id
             LEFT JOIN indicator_members i ON i.slug = (k.o).indicator
             LEFT JOIN target_members t ON t.target_id = (k.o).target_id),
  read AS (INSERT INTO remembered_reading SELECT * FROM readings_now(code, slugs))
  INSERT INTO remembered_part
  SELECT code, p.part, p.last_day, p.any_batch, figure_ground(p.last_day, p.any_batch),
         p.first_day, p.end_day, m.moves
    FROM figure_parts(code) p CROSS JOIN LATERAL figure_moved(p.part, p.first_day, p.end_day) m
   WHERE p.part = ANY (parts);
END $$;

-- What pages show, the likeliest first: the period that they speak of when none is asked for and
-- those before it, its year's quarters, the years of deadlines, the newest sixty that are offered,
-- and the twelve months up to its end.  Those from place 20 on are remembered at leisure.
CREATE FUNCTION periods_to_remember() RETURNS TABLE (period text, place bigint)
LANGUAGE sql STABLE AS $$
  WITH now AS MATERIALIZED (
    SELECT d.code, p.year FROM default_period() d(code), period_parts(d.code) p
  ), offered AS MATERIALIZED (
    SELECT * FROM periods_offered()
  ), shown AS (
    SELECT period_shift(code, -step) AS period, step::bigint AS place FROM now, generate_series(0, 8) step
    UNION ALL
    SELECT o.code, 10 FROM offered o, now n WHERE o.year = n.year
    UNION ALL
    SELECT DISTINCT to_char(t.deadline, 'YYYY'), 11 FROM target t WHERE t.set_name = 'NQ17'
    UNION ALL
    (SELECT o.code, 20 + row_number() OVER (ORDER BY o.place DESC) FROM offered o ORDER BY o.place DESC LIMIT 60)
    UNION ALL
    SELECT to_char(upper(period_range(n.code)) - 1 - make_interval(months => back), 'YYYY-MM'), 90 + back
      FROM now n, generate_series(0, 11) back
  )
  SELECT s.period, min(s.place) FROM shown s GROUP BY s.period ORDER BY min(s.place), s.period COLLATE "C" DESC
$$;

-- Remembers what is not remembered of one period, or else of one on today's agencies, or its
-- ledger (ledger.sql), and says in how many seconds to ask again: 0, there may be more; null:
-- nothing is left.  What moved is remembered at once, but a part of a period not twice within
-- PAUSE seconds, however fast records come; and what everything rests on must have been still for
-- as long.
CREATE FUNCTION remember_next(pause int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  before constant timestamptz := clock_timestamp() - make_interval(secs => pause);
  moved_at timestamptz := (
    SELECT greatest(max(m.moved_at), (SELECT s.catalogue_at FROM store s)) FROM figure_moves m
     WHERE m.source IN ('register', 'roster'));
  next record;
BEGIN
  IF moved_at > before THEN
    RETURN seconds_from(before, moved_at);
  END IF;
  WITH part AS MATERIALIZED (
    SELECT s.period, s.place, p.* FROM periods_to_remember() s CROSS JOIN LATERAL figure_parts(s.period) p
  ), ground AS MATERIALIZED (        -- asked once of the parts of a period
    SELECT d.*, figure_ground(d.last_day, d.any_batch) AS ground
      FROM (SELECT DISTINCT p.last_day, p.any_batch FROM part p) d
  ), stale AS (
    SELECT p.period, p.place, p.part, r.remembered_at, (r.remembered_at > before) IS NOT TRUE AS is_due
      FROM part p
      JOIN ground g ON g.last_day = p.last_day AND g.any_batch = p.any_batch
      LEFT JOIN remembered_part r ON r.period = p.period AND r.part = p.part
     WHERE (r.ground = g.ground
            AND r.moves = (SELECT m.moves FROM figure_moved(p.part, p.first_day, p.end_day) m)) IS NOT TRUE
  )
  SELECT s.period, s.place, array_agg(s.part) FILTER (WHERE s.is_due) AS due,
         min(s.remembered_at) AS remembered_at
    INTO next FROM stale s
   GROUP BY s.period, s.place ORDER BY bool_or(s.is_due) DESC, s.place LIMIT 1;
  IF next.due IS NOT NULL THEN
    PERFORM remember(next.period, next.due);
    RETURN (next.place >= 20)::int;
  END IF;
  -- Those that moved again wait for their turn, and all else for them.
  RETURN coalesce(seconds_from(before, next.remembered_at), remember_next_recast(before),
                  remember_next_ledger(before));
END $$;

-- How many whole seconds lie between; never 0.
CREATE FUNCTION seconds_from(before timestamptz, after timestamptz) RETURNS int
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT greatest(1, ceil(extract(epoch FROM after - before)))::int $$;

-- ---------------------------------------------------------------- on today's agencies

-- What a period on today's agencies rests on: as its parts do, and on the day of these agencies.
CREATE FUNCTION recast_state(code text) RETURNS text
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
BEGIN
  RETURN (
    WITH part AS MATERIALIZED (SELECT * FROM figure_parts(code))
    SELECT concat_ws(' ', recast_day(), (SELECT figure_ground(p.last_day, p.any_batch) FROM part p LIMIT 1),
                     string_agg(m.moves::text, '/' ORDER BY p.part))
      FROM part p CROSS JOIN LATERAL figure_moved(p.part, p.first_day, p.end_day) m);
END $$;

CREATE FUNCTION is_recast_remembered(code text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN chosen_set() = 'NQ17' AND chosen_variant() = ''
         AND EXISTS (SELECT FROM remembered_recast_state s WHERE s.period = code AND s.state = recast_state(code));
END $$;

CREATE FUNCTION remember_recast(code text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM remembered_recast r WHERE r.period = code;
  DELETE FROM remembered_recast_state s WHERE s.period = code;
  -- In one statement: the state is that of the moment of the figures.
  WITH told AS (INSERT INTO remembered_recast SELECT * FROM recast_computed(code, NULL))
  INSERT INTO remembered_recast_state (period, state) SELECT code, recast_state(code);
END $$;

-- As remember_next(), of the offered periods in which an agency was that is no more: to the
-- others pages offer no choice.
CREATE FUNCTION remember_next_recast(before timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  next record;
BEGIN
  SELECT o.code, (s.remembered_at > before) IS NOT TRUE AS is_due, s.remembered_at INTO next
    FROM periods_offered() o
    LEFT JOIN remembered_recast_state s ON s.period = o.code
   WHERE EXISTS (SELECT FROM agency a WHERE a.valid_to >= lower(period_range(o.code)) AND a.valid_to < recast_day())
     AND (s.state = recast_state(o.code)) IS NOT TRUE
   ORDER BY is_due DESC, o.place DESC LIMIT 1;
  IF next.is_due THEN
    PERFORM remember_recast(next.code);
    RETURN 1;
  END IF;
  RETURN seconds_from(before, next.remembered_at);
END $$;
