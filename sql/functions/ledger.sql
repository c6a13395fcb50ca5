-- ledger.sql -- what was published and what became of it, for pages: the vintages with their
-- hashes, and each figure that was restated with the cause (restatements.sql).

DROP TABLE IF EXISTS remembered_ledger, remembered_ledger_state;

-- The ledgers of what pages show: to tell causes takes a look at every dossier.
CREATE TABLE remembered_ledger OF ledger_line;
CREATE INDEX remembered_ledger_of_period ON remembered_ledger (period);
CREATE TABLE remembered_ledger_state (
  period text PRIMARY KEY,
  state  text NOT NULL           -- ledger_state() when it was computed
);

-- What the ledger of a period rests on: what was published of it, its figures as memory.sql says
-- (of the day only which deadlines have passed), the records that may be named as their causes,
-- and what was taken back, contested or joined.  Every dossier that comes into the period or
-- changes within it moves a total of its days, if only by nothing (rollup.sql); a count of any
-- earlier span may be a cause, and so may every service and fact.  As the owner sees it, so that
-- all readers have the same.
CREATE FUNCTION ledger_state(code text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  WITH part AS MATERIALIZED (
    SELECT p.*, m.moves FROM figure_parts(code) p
     CROSS JOIN LATERAL figure_moved(p.part, p.first_day, p.end_day) m
  ), day AS (
    SELECT p.last_day, p.any_batch FROM part p LIMIT 1
  )
  SELECT concat_ws(' ', (SELECT max(v.vintage_id) FROM vintage v WHERE v.period = code),
                   extract(epoch FROM s.catalogue_at),
                   least(d.last_day, (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date),
                   (SELECT count(*) FROM targets_on(d.last_day) t WHERE t.deadline < office_today()),
                   (SELECT sum(m.moves) FROM figure_moves m
                     WHERE m.source IN ('register', 'roster') AND m.half_month = '-infinity'),
                   (SELECT string_agg(p.moves::text, '/' ORDER BY p.part) FROM part p),
                   (SELECT sum(m.moves) FROM figure_moves m
                     WHERE m.source = 'total' AND m.half_month <= d.last_day),
                   CASE WHEN d.any_batch
                        THEN (SELECT concat(max(b.batch_id), '/', count(*)) FROM batch b) END,
                   (SELECT count(withdrawn_at) FROM withdrawal),
                   (SELECT count(*) FROM dispute c WHERE c.period = code AND c.closed_at IS NOT NULL),
                   (SELECT count(*) FROM dossier_alias), (SELECT count(*) FROM procedure_alias))
    FROM day d CROSS JOIN store s
$$;

CREATE FUNCTION is_ledger_remembered(code text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT chosen_set() = 'NQ17' AND chosen_variant() = ''
         AND EXISTS (SELECT FROM remembered_ledger_state s
                      WHERE s.period = is_ledger_remembered.code
                        AND s.state = ledger_state(is_ledger_remembered.code))
$$;

CREATE FUNCTION remember_ledger(code text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM remembered_ledger l WHERE l.period = code;
  DELETE FROM remembered_ledger_state s WHERE s.period = code;
  -- In one statement: the state is that of the moment of the lines.
  WITH told AS (INSERT INTO remembered_ledger SELECT * FROM ledger_computed(code))
  INSERT INTO remembered_ledger_state SELECT code, ledger_state(code);
END $$;

-- Remembers the ledger of one of the periods that pages show, as remember_next() does; not where
-- something came since BEFORE and more may come.
CREATE FUNCTION remember_next_ledger(before timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  next text;
BEGIN
  IF store_as_of() > before THEN
    RETURN seconds_from(before, store_as_of());
  END IF;
  SELECT p.period INTO next FROM periods_to_remember() p
   WHERE vintage_at(p.period, 'infinity') IS NOT NULL AND NOT is_ledger_remembered(p.period)
   ORDER BY p.place LIMIT 1;
  IF next IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM remember_ledger(next);
  RETURN 0;
END $$;

-- The ledger of a period, step by step, with the figures before and after as they print.
-- Empty where nothing was published, or nothing differs from it.
CREATE FUNCTION ledger_computed(code text) RETURNS SETOF ledger_line
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  lines ledger_line[];
  today observation[];
BEGIN
  IF vintage_at(code, 'infinity') IS NULL THEN
    RETURN;
  END IF;
  lines := ARRAY(
    SELECT (code, s.place, r.ordinality, s.first, s.second, b.published_at, r.agency, r.indicator,
            r.old_numerator, r.old_denominator, NULL, NULL, NULL, NULL,
            r.new_numerator, r.new_denominator, NULL, NULL, NULL, NULL, r.cause, r.batch)::ledger_line
      FROM restatement_steps(code, NULL, NULL) s
     CROSS JOIN LATERAL restatement(s.first, s.second) WITH ORDINALITY r
      LEFT JOIN vintage b ON b.vintage_id = s.second);
  IF lines = '{}' THEN     -- what did not change needs not be printed
    RETURN;
  END IF;
  today := ARRAY(SELECT o FROM standing_figures(code) o);
  RETURN QUERY
  WITH line AS MATERIALIZED (
    SELECT * FROM unnest(lines)
  ), figure AS MATERIALIZED (
    SELECT v.vintage_id, o.agency, o.indicator, o.percent, o.value, o.status, o.rank
      FROM (SELECT l.first AS vintage_id FROM line l
            UNION SELECT l.second FROM line l WHERE l.second IS NOT NULL) v
     CROSS JOIN LATERAL frozen_observations(v.vintage_id, NULL) o
    UNION ALL
    SELECT NULL, o.agency, o.indicator, o.percent, o.value, o.status, o.rank FROM unnest(today) o
  )
  SELECT code, l.place, l.line, l.first, l.second, l.published_at, l.agency, l.indicator,
         l.old_numerator, l.old_denominator, f.percent::text, f.value::text, f.status, f.rank::bigint,
         l.new_numerator, l.new_denominator, n.percent::text, n.value::text, n.status, n.rank::bigint,
         l.cause, l.batch
    FROM line l
    LEFT JOIN figure f ON f.vintage_id = l.first AND f.agency = l.agency AND f.indicator = l.indicator
    LEFT JOIN figure n ON n.vintage_id IS NOT DISTINCT FROM l.second
                      AND n.agency = l.agency AND n.indicator = l.indicator;
END $$;

-- The same, remembered where it is; up to the moment that is pinned.
CREATE FUNCTION ledger(code text) RETURNS SETOF ledger_line
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  IF is_ledger_remembered(code) THEN
    RETURN QUERY
    SELECT l.* FROM remembered_ledger l
     WHERE l.period = code AND (pinned() IS NULL OR l.second <= pinned_vintage(code))
     ORDER BY l.place, l.line;
  ELSE
    RETURN QUERY
    SELECT l.* FROM ledger_computed(code) l
     WHERE pinned() IS NULL OR l.second <= pinned_vintage(code)
     ORDER BY l.place, l.line;
  END IF;
END $$;

-- Batches as a page names them: those that who asks may open have a page for them (`opens`).  The
-- others stay numbers.  Row security hides from an agency what is of others; the public, which has
-- no such page, is told nothing about any.
CREATE FUNCTION cited_batches(numbers bigint[]) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_agg(json_build_object('number', n.number, 'opens',
           (SELECT asking_role()) <> 'public' AND EXISTS (SELECT FROM batch b WHERE b.batch_id = n.number))
           ORDER BY n.place)
    FROM unnest(numbers) WITH ORDINALITY n(number, place)
$$;

-- The causes of the changes of one figure, step by step, with their batches.  Null where the
-- ledger is not remembered and would take a look at many dossiers: it says them then.
CREATE FUNCTION figure_causes(code text, name text, slug text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN is_ledger_remembered(code)
                OR (SELECT coalesce(sum(h.received), 0) FROM half_month_total h) <= 20000 THEN (
    SELECT json_agg(json_build_object('to', c.second, 'cause', c.cause, 'batches', c.batches,
                                      'cited', cited_batches(c.numbers)) ORDER BY c.place, c.cause)
      FROM (SELECT l.place, l.second, l.cause,
                   json_agg(l.batch ORDER BY l.batch) FILTER (WHERE l.batch IS NOT NULL) AS batches,
                   array_agg(l.batch ORDER BY l.batch) FILTER (WHERE l.batch IS NOT NULL) AS numbers
              FROM ledger(code) l
             WHERE l.agency = name AND l.indicator = slug
             GROUP BY l.place, l.second, l.cause) c) END
$$;

-- The figures of LINES, each once a step with all of its causes; IN_RANK: those of which
-- nothing moved but the rank, or the others.
CREATE FUNCTION ledger_figures(lines ledger_line[], in_rank boolean) RETURNS json
LANGUAGE sql STABLE SET enable_nestloop = off AS $$   -- how long an array is no planner knows
  WITH line AS (
    SELECT l.*, l.old_rank IS DISTINCT FROM l.new_rank AS rank_moved,
           l.old_status IS DISTINCT FROM l.new_status AS status_moved,
           (l.old_numerator, l.old_denominator, l.old_value, l.old_status)
             IS NOT DISTINCT FROM (l.new_numerator, l.new_denominator, l.new_value, l.new_status)
             AND l.old_rank IS DISTINCT FROM l.new_rank AS is_rank
      FROM unnest(lines) l
  ), cause AS (
    SELECT l.place, l.agency, l.indicator, l.cause, array_agg(l.batch ORDER BY l.batch)
             FILTER (WHERE l.batch IS NOT NULL) AS batches
      FROM line l GROUP BY l.place, l.agency, l.indicator, l.cause
  ), cited AS MATERIALIZED (      -- most lines name the same ones
    SELECT c.batches, cited_batches(c.batches) AS cited FROM (SELECT DISTINCT c.batches FROM cause c) c
  ), told AS (
    SELECT c.place, c.agency, c.indicator,
           json_agg(json_build_object('cause', c.cause, 'batches', c.batches, 'cited', s.cited)
                    ORDER BY c.cause) AS causes
      FROM cause c LEFT JOIN cited s ON s.batches = c.batches GROUP BY c.place, c.agency, c.indicator
  ), day AS MATERIALIZED (
    SELECT p.period, period_day(p.period) AS day FROM (SELECT DISTINCT l.period FROM line l) p
  ), named AS MATERIALIZED (      -- each asked for once: it takes as long as a hundred lines
    SELECT n.agency, n.period, agency_meant(n.agency, d.day) AS agency_id
      FROM (SELECT DISTINCT l.agency, l.period FROM line l WHERE l.is_rank = in_rank) n JOIN day d USING (period)
  ), figure AS (
    SELECT DISTINCT ON (l.place, l.agency, l.indicator) l.* FROM line l WHERE l.is_rank = in_rank
     ORDER BY l.place, l.agency, l.indicator, l.line
  )
  SELECT coalesce(json_agg(json_build_object(
      'agency', f.agency, 'agency_name_vi', coalesce(a.name_vi, 'Cả nước'),
      'agency_name_en', coalesce(a.name_en, a.name_vi, 'Viet Nam'), 'indicator', f.indicator,
      'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en,
      'was', json_build_object('numerator', f.old_numerator, 'denominator', f.old_denominator,
        'percent', f.old_percent, 'value', f.old_value,
        'status', CASE WHEN f.status_moved THEN f.old_status END,
        'rank', CASE WHEN f.rank_moved THEN coalesce(f.old_rank::text, '–') END),
      'is_now', json_build_object('numerator', f.new_numerator, 'denominator', f.new_denominator,
        'percent', f.new_percent, 'value', f.new_value,
        'status', CASE WHEN f.status_moved THEN f.new_status END,
        'rank', CASE WHEN f.rank_moved THEN coalesce(f.new_rank::text, '–') END),
      'causes', t.causes, 'to', f.second, 'published_at', f.published_at) ORDER BY f.place, f.line), '[]')
    FROM figure f
    JOIN told t ON t.place = f.place AND t.agency = f.agency AND t.indicator = f.indicator
    JOIN indicator i ON i.slug = f.indicator
    JOIN named n ON n.agency = f.agency AND n.period = f.period
    LEFT JOIN agency a ON a.agency_id = n.agency_id AND a.agency_id <> 0
$$;

-- NAME, SLUG: the figures of one agency, of one indicator; null: all.
CREATE FUNCTION page_restatements(asked text, name text, slug text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  id int := CASE WHEN name IS NOT NULL THEN page_agency_asked(name, span, false) END;
  chosen text := CASE WHEN slug IS NOT NULL THEN page_slug(slug) END;
  lines ledger_line[] := ARRAY(
    SELECT l FROM ledger(span) l
     WHERE (id IS NULL OR agency_in(l.agency, span) = id) AND (chosen IS NULL OR l.indicator = chosen));
  vintages json := report_vintages(span);
  changes json := ledger_figures(lines, false);
  ranks json := ledger_figures(lines, true);
BEGIN
  RETURN json_build_object(
    'period', span, 'frame', page_frame(span), 'vintages', (
      SELECT json_agg(json_joined(v, json_build_object('period', span))) FROM json_array_elements(vintages) v),
    'is_published', json_array_length(vintages) > 0,
    'times', json_array_length(vintages),
    'changed', json_array_length(changes), 'changes', changes,
    'has_changes', json_array_length(changes) > 0,
    'ranked', json_array_length(ranks), 'ranks', ranks, 'has_ranks', json_array_length(ranks) > 0,
    'of_agency', CASE WHEN id IS NOT NULL THEN agency_object(id) END,
    'of_indicator', (SELECT json_build_object('indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en)
                       FROM indicator i WHERE i.slug = chosen),
    'is_filtered', id IS NOT NULL OR chosen IS NOT NULL,
    'ledger', (SELECT coalesce(json_agg(row_to_json(l) ORDER BY l.place, l.line), '[]') FROM unnest(lines) l));
END $$;

-- All that was published, the newest first.
CREATE FUNCTION page_vintages() RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'has_no_period', true, 'frame', json_build_object('sample', store_is_sample()),
    'has_vintages', count(v.vintage) > 0,
    'vintages', coalesce(json_agg(json_build_object('vintage', v.vintage, 'period', v.period,
        'state', v.state, 'published_at', v.published_at, 'published_by', v.published_by,
        'observations', v.observations, 'sha256', v.sha256, 'previous', v.previous)
        ORDER BY v.published_at DESC) FILTER (WHERE v.vintage IS NOT NULL), '[]'))
    FROM (SELECT) one LEFT JOIN vintage_list(NULL) v ON true
$$;

-- One of them, with its hash computed again from the stored rows.  An unknown one is not found.
CREATE FUNCTION page_vintage(asked text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'has_no_period', true, 'frame', json_build_object('sample', store_is_sample()),
    'vintage', v.vintage, 'period', v.period, 'state', v.state, 'published_at', v.published_at,
    'published_by', v.published_by, 'accepted_by', v.accepted_by, 'acceptance', v.acceptance,
    'reopened_by', v.reopened_by, 'reopened_at', v.reopened_at, 'reopening', v.reopening,
    'observations', v.observations, 'sha256', v.sha256, 'recomputed', c.sha256, 'found', c.rows,
    'genuine', c.sha256 = v.sha256 AND c.rows = v.observations,
    'identical', v.identical, 'previous', v.previous,
    'newest', (SELECT w.id FROM (SELECT vintage_at(v.period, 'infinity') AS id) w WHERE w.id <> v.vintage))
    FROM vintage_list(NULL) v
   CROSS JOIN LATERAL (
     SELECT hash_of(vintage_canonical(v.vintage)) AS sha256,
            (SELECT count(*) FROM vintage_observation o WHERE o.vintage_id = v.vintage) AS rows
     OFFSET 0) c                 -- computed once
   WHERE v.vintage::text = asked
$$;
