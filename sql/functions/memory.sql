-- memory.sql -- figures that were computed already, for as long as they hold.
--
-- A page shows a period beside five or eight earlier ones.  To compute a year costs some
-- 40 ms, to read it again two; so the collector, when the store has been still for a while,
-- computes the periods that pages show, and keeps them with the state of all that figures
-- rest on.  In another state they are computed again: what is remembered is what would be
-- computed, or it is not asked.  An upgrade may compute otherwise, and begins with an empty
-- memory.  What is published is never taken from it.

DROP TABLE IF EXISTS remembered, remembered_period, remembered_ledger;

CREATE TABLE remembered OF observation (PRIMARY KEY (agency_id, period, indicator));
CREATE INDEX remembered_of_period ON remembered (period, indicator);

CREATE TABLE remembered_period (
  period  text PRIMARY KEY,
  state   text NOT NULL          -- figures_state() when it was computed
);

-- What has changed of a period since it was published, with the causes (ledger.sql): to tell
-- them takes a look at every dossier.
CREATE TABLE remembered_ledger OF ledger_line;
CREATE INDEX remembered_ledger_of_period ON remembered_ledger (period);

-- What figures rest on, beside the period: the batches, the catalogue, what is published,
-- and the day, on which deadlines pass.  As the owner sees it: a reader who sees but his own
-- batches has the same figures as all.
CREATE FUNCTION figures_state() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT concat_ws(' ', (SELECT concat(max(batch_id), '/', count(*)) FROM batch),
                   (SELECT extract(epoch FROM catalogue_at) FROM store),
                   (SELECT max(vintage_id) FROM vintage), (SELECT count(*) FROM reopening),
                   office_today())
$$;

CREATE FUNCTION is_remembered(code text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT chosen_set() = 'NQ17' AND chosen_variant() = ''
         AND EXISTS (SELECT FROM remembered_period p
                      WHERE p.period = code AND p.state = figures_state())
$$;

-- Computes a period and keeps it.  The state is read in the statement that reads the
-- figures: both are of one moment.
CREATE FUNCTION remember(code text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM remembered r WHERE r.period = code;
  DELETE FROM remembered_ledger l WHERE l.period = code;
  DELETE FROM remembered_period p WHERE p.period = code;
  WITH kept AS (INSERT INTO remembered SELECT * FROM observations(code)),
       told AS (INSERT INTO remembered_ledger SELECT * FROM ledger_computed(code))
  INSERT INTO remembered_period SELECT code, figures_state();
END $$;

-- What pages show: the period that they speak of when none is asked for, those before it,
-- and the years and quarters around it; the likeliest first.
CREATE FUNCTION periods_to_remember() RETURNS TABLE (period text)
LANGUAGE sql STABLE AS $$
  WITH now AS (
    SELECT d.code, p.year FROM default_period() d(code), period_parts(d.code) p
  ), shown AS (
    SELECT period_shift(code, -step) AS period, step FROM now, generate_series(0, 8) step
    UNION ALL
    SELECT (year - step)::text, 9 + step FROM now, generate_series(0, 7) step
    UNION ALL
    SELECT period_shift(year || '-Q4', -step), 20 + step FROM now, generate_series(0, 15) step
  )
  SELECT s.period FROM shown s GROUP BY s.period ORDER BY min(s.step)
$$;

-- Remembers one period that is not remembered; false: there is none, or the store was
-- changed within the last STILL seconds and may change again.
CREATE FUNCTION remember_next(still int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  next text;
BEGIN
  IF store_as_of() > now() - make_interval(secs => still) THEN
    RETURN false;
  END IF;
  SELECT p.period INTO next FROM periods_to_remember() p WHERE NOT is_remembered(p.period) LIMIT 1;
  IF next IS NULL THEN
    RETURN false;
  END IF;
  PERFORM remember(next);
  RETURN true;
END $$;
