-- restatements.sql -- every difference between two vintages, or a vintage and now, and
-- where it comes from.
--
-- Causes are told from what the store holds, not from what somebody says:
--   late records  a settled dossier (or a record of another type) that was not there
--   corrections   one that was there and changed, or was taken back
--   register      who is in force, who follows whom, which services are at level 4
--   definition    another version of the indicator
--   target        another target, or its deadline has passed
--   dispute       what mended a figure that an agency contested, with success
-- A vintage remembers the batches that stood in the store (vintage.batches); what came
-- after it, or went, is the difference of two such sets.

-- Settled versions of dossiers that hold or once held, with the measures of the rollups.
-- REPLACED_BY is null of the one that holds.  A version that came late and was older than
-- what held has never counted: its replacer came before it.
CREATE VIEW settled_version AS
SELECT settled_id, resolved_day, agency_id, dossier, version, batch_id, replaced_by,
       (channel = 'online')::int AS resolved_online,
       (level4)::int AS level4_online,
       (due_at IS NOT NULL)::int AS due_known,
       coalesce(resolved_at <= due_at, false)::int AS on_time,
       (one_stop IS NOT NULL)::int AS one_stop_known,
       coalesce(one_stop, false)::int AS one_stop,
       (paid_online IS NOT NULL)::int AS paid_known,
       coalesce(paid_online, false)::int AS paid_online,
       (channel = 'online' AND filed_by IS NOT NULL)::int AS filed_by_known,
       coalesce(channel = 'online' AND filed_by IN ('assisted', 'staff'), false)::int AS assisted,
       (satisfaction IS NOT NULL)::int AS scored,
       coalesce(satisfaction >= 4, false)::int AS satisfied
  FROM (SELECT settled_id, resolved_day, agency_id, dossier, version, batch_id, NULL::bigint AS replaced_by,
               status, channel, level4, due_at, resolved_at, one_stop, paid_online, filed_by, satisfaction
          FROM dossier
        UNION ALL
        SELECT settled_id, resolved_day, agency_id, dossier, version, batch_id, replaced_by,
               status, channel, level4, due_at, resolved_at, one_stop, paid_online, filed_by, satisfaction
          FROM dossier_history h
          JOIN (SELECT batch_id, committed_at FROM batch) o USING (batch_id)
          JOIN (SELECT batch_id AS replaced_by, committed_at FROM batch) n USING (replaced_by)
         WHERE replaced_by = batch_id OR n.committed_at >= o.committed_at) v
 WHERE status = 'resolved';

-- By how much each of the batches DELTA moved the sums of dossiers settled in a span, by
-- the row they count for.
CREATE FUNCTION dossier_moves(delta int8multirange, first date, stop date)
RETURNS TABLE (agency_id int, batch bigint, cause text, slug text, numerator bigint,
               denominator bigint, provided bigint)
LANGUAGE plpgsql STABLE SET work_mem = '128MB' AS $$
#variable_conflict use_column
DECLARE
  low bigint := (SELECT min(batch_id) FROM batch WHERE delta @> batch_id AND type = 'dossier');
BEGIN
  IF low IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  WITH went AS MATERIALIZED (
    SELECT v.* FROM settled_version v
     WHERE v.replaced_by >= low AND delta @> v.replaced_by
  ), came AS MATERIALIZED (      -- apart from what follows it is read in parallel
    SELECT v.* FROM settled_version v
     WHERE v.batch_id >= low AND delta @> v.batch_id
       AND v.resolved_day >= first AND v.resolved_day < stop
  ), moved AS (
    -- A dossier that was settled before and changed is corrected, any other comes late.
    SELECT v.settled_id, v.batch_id AS batch, 1 AS sign,
           CASE WHEN w.dossier IS NOT NULL THEN 'corrections' ELSE 'late records' END AS cause,
           v.resolved_online, v.level4_online, v.due_known, v.on_time, v.one_stop_known,
           v.one_stop, v.paid_known, v.paid_online, v.filed_by_known, v.assisted, v.scored,
           v.satisfied
      FROM came v
      LEFT JOIN (SELECT DISTINCT agency_id, dossier, replaced_by FROM went) w
             ON w.agency_id = v.agency_id AND w.dossier = v.dossier AND w.replaced_by = v.batch_id
    UNION ALL
    SELECT v.settled_id, v.replaced_by, -1, 'corrections',
           v.resolved_online, v.level4_online, v.due_known, v.on_time, v.one_stop_known,
           v.one_stop, v.paid_known, v.paid_online, v.filed_by_known, v.assisted, v.scored,
           v.satisfied
      FROM went v
     WHERE v.resolved_day >= first AND v.resolved_day < stop
  ), summed AS (
    SELECT settled_id, batch, cause, sum(sign) a, sum(sign * resolved_online) b,
           sum(sign * level4_online) c, sum(sign * due_known) d, sum(sign * on_time) e,
           sum(sign * one_stop_known) f, sum(sign * one_stop) g, sum(sign * paid_known) h,
           sum(sign * paid_online) i, sum(sign * filed_by_known) j, sum(sign * assisted) k,
           sum(sign * scored) l, sum(sign * satisfied) m
      FROM moved GROUP BY settled_id, batch, cause
  )
  SELECT s.settled_id, s.batch, s.cause, t.*
    FROM summed s CROSS JOIN LATERAL dossier_terms(a, b, c, d, e, f, g, h, i, j, k, l, m) t
   WHERE t.numerator <> 0 OR t.denominator <> 0 OR t.provided <> 0
      -- without a catalogue the level of an online filing is not provided
      OR t.slug = 'level4-filing' AND s.b <> 0
         AND NOT EXISTS (SELECT FROM service x WHERE x.agency_id = s.settled_id);
END $$;

-- The records of the other types that came with DELTA: what they say, and what they said
-- before where they were there.
CREATE FUNCTION keyed_moves(delta int8multirange)
RETURNS TABLE (type text, agency_id int, batch bigint, record jsonb, before jsonb)
LANGUAGE sql STABLE AS $$
  WITH came AS (
    SELECT 'service' AS type, agency_id, concat_ws('|', procedure, valid_from) AS key, batch_id,
           to_jsonb(s) AS record
      FROM service s WHERE delta @> batch_id
    UNION ALL
    SELECT 'fact', agency_id, concat_ws('|', fact, item, valid_from), batch_id, to_jsonb(f)
      FROM fact f WHERE delta @> batch_id
    UNION ALL
    SELECT 'count', agency_id, concat_ws('|', measure, period, breakdown), batch_id, to_jsonb(c)
      FROM reported_count c WHERE delta @> batch_id
    UNION ALL
    SELECT 'national', 0, concat_ws('|', series, country, year), batch_id, to_jsonb(n)
      FROM national n WHERE delta @> batch_id
    UNION ALL
    SELECT type, agency_id, key, batch_id, record
      FROM record_history WHERE delta @> batch_id
    UNION ALL    -- taken back since
    SELECT type, agency_id, key, batch_id, record
      FROM record_withdrawn WHERE delta @> batch_id
  )
  SELECT c.type, c.agency_id, c.batch_id, c.record, b.record
    FROM came c
    LEFT JOIN LATERAL (
      SELECT h.record FROM record_history h
       WHERE h.type = c.type AND h.agency_id = c.agency_id AND h.key = c.key
         AND h.replaced_by = c.batch_id
       ORDER BY h.updated_at DESC LIMIT 1) b ON true
$$;

-- May that record have moved the figures of indicator I in the period of DAYS?
CREATE FUNCTION record_concerns(type text, record jsonb, before jsonb, i indicator,
                                days daterange) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE record_concerns.type
    WHEN 'service' THEN
      (record ->> 'valid_from')::date < upper(days)
      AND CASE (i).kind
        -- the level on the day of filing
        WHEN 'dossier' THEN (i).slug = 'level4-filing'
             AND (before IS NULL OR before -> 'level' <> record -> 'level'
                  OR before -> 'valid_to' <> record -> 'valid_to')
        WHEN 'service' THEN before IS NULL
             OR (before - '{updated_at,batch_id,name_vi,name_en,evidence_url}'::text[])
                IS DISTINCT FROM
                (record - '{updated_at,batch_id,name_vi,name_en,evidence_url}'::text[])
        -- who provides services at all
        ELSE (i).slug = 'satisfaction-disclosure' END
    WHEN 'fact' THEN (i).kind = 'fact' AND (i).numerator = record ->> 'fact' AND (record ->> 'valid_from')::date < upper(days)
    WHEN 'count' THEN
      (record ->> 'end_day')::date <= upper(days)
      AND CASE WHEN (i).kind = 'dossier' THEN
            record ->> 'measure' IN ((i).numerator, (i).denominator, 'dossiers_resolved')
            OR record ->> 'measure' IN ('satisfaction_responses', 'satisfaction_satisfied')
               AND (i).slug = 'satisfaction'
          ELSE (i).kind IN ('count', 'reduction')
               AND record ->> 'measure' IN ((i).numerator, (i).denominator, 'meeting_minutes',
                                            'meeting_minutes_baseline') END
    WHEN 'national' THEN (i).kind = 'survey' AND record ->> 'series' = 'un-egdi-rank'
      AND (record ->> 'year')::int = extract(year FROM lower(days))
    ELSE false END
$$;

-- The figures of a period as they stand, from memory where that answers; their maturity aside.
CREATE FUNCTION standing_figures(code text) RETURNS SETOF observation
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF is_remembered(code) THEN
    RETURN QUERY SELECT r.* FROM remembered r WHERE r.period = code;
  ELSE
    RETURN QUERY SELECT o.* FROM live_observations(code, NULL) o;
  END IF;
END $$;

-- The figures that differ: as they were in vintage FROM_ID, and as they are in TO_ID or,
-- where that is null, now.
CREATE TYPE changed_figure AS (agency_id int, indicator text, was observation, is_now observation);

-- Does memory say that every figure of a period is the one in the newest vintage, and that there
-- are no others in it?
CREATE FUNCTION stands_as_published(code text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT is_remembered(code)
         AND (SELECT bool_and(r.maturity = 'final') AND count(*) = max(v.observations)
                FROM remembered r CROSS JOIN vintage v
               WHERE r.period = code AND v.vintage_id = vintage_at(code, 'infinity'))
$$;

CREATE FUNCTION changed_figures(from_id bigint, to_id bigint) RETURNS SETOF changed_figure
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  code text := (SELECT period FROM vintage WHERE vintage_id = from_id);
  figures observation[];
BEGIN
  IF to_id IS NULL AND from_id = vintage_at(code, 'infinity') AND stands_as_published(code) THEN
    RETURN;
  ELSIF to_id IS NULL THEN
    figures := ARRAY(SELECT o FROM standing_figures(code) o);
  ELSE
    figures := ARRAY(SELECT o FROM frozen_observations(to_id, NULL) o);
  END IF;
  RETURN QUERY
  SELECT coalesce(a.agency_id, b.agency_id), coalesce(a.indicator, b.indicator), a, b
    FROM frozen_observations(from_id, NULL) a
    FULL JOIN unnest(figures) b ON b.agency_id = a.agency_id AND b.indicator = a.indicator
   WHERE differs(a, b);
END $$;

-- What of a row of the register decides who is listed and who answers for whom.
CREATE FUNCTION register_row(register jsonb, agency_id int) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT concat_ws('|', r ->> 'kind', r ->> 'valid_from', r ->> 'valid_to', r ->> 'successor_id',
                   r ->> 'records_from')
    FROM (SELECT register -> agency_id::text AS r) x
$$;

-- What stands behind each of the FIGURES that changed, by evidence of its own: its records, its
-- register, its definition and target.  VN and mere ranks follow in restatement().
CREATE FUNCTION own_causes(from_id bigint, to_id bigint, figures changed_figure[])
RETURNS TABLE (agency_id int, indicator text, cause text, batch bigint)
LANGUAGE plpgsql STABLE SET enable_nestloop = off SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
  old vintage;
  new vintage;
  delta int8multirange;
  gone int8multirange;
  of_dossiers int8multirange;   -- of DELTA, where figures over dossiers changed: else none
  days daterange;
  until timestamptz;
  register jsonb;
BEGIN
  IF figures = '{}' THEN   -- nobody takes a look at records then
    RETURN;
  END IF;
  SELECT v.* INTO old FROM vintage v WHERE v.vintage_id = from_id;
  SELECT v.* INTO new FROM vintage v WHERE v.vintage_id = to_id;
  days := period_range(old.period);
  until := coalesce(new.published_at, 'infinity');
  register := coalesce(new.register, standing_register());
  delta := coalesce(new.batches, standing_batches()) - old.batches;
  gone := old.batches - coalesce(new.batches, standing_batches());
  of_dossiers := CASE WHEN EXISTS (SELECT FROM unnest(figures) f JOIN indicator i ON i.slug = (f).indicator
                                    WHERE i.kind = 'dossier') THEN delta ELSE '{}' END;
  RETURN QUERY
  WITH changed AS MATERIALIZED (
    SELECT c.* FROM unnest(figures) c
  ), member AS MATERIALIZED (     -- whose records count for it
    SELECT DISTINCT c.agency_id, m.member
      FROM (SELECT DISTINCT agency_id FROM changed) c
     CROSS JOIN LATERAL (SELECT members_of(c.agency_id, upper(days) - 1) AS member) m
  ), dossier_line AS MATERIALIZED (
    SELECT c.agency_id, c.indicator, d.cause, d.batch, d.numerator, d.denominator
      FROM changed c
      JOIN member m ON m.agency_id = c.agency_id
      JOIN dossier_moves(of_dossiers, lower(days), upper(days)) d
        ON d.agency_id = m.member AND d.slug = c.indicator
  ), explained AS (
    SELECT agency_id, indicator, sum(numerator) AS numerator, sum(denominator) AS denominator
      FROM dossier_line GROUP BY agency_id, indicator
  ), rest AS MATERIALIZED (       -- whose numbers changed by more than dossiers account for
    SELECT c.agency_id, c.indicator, i
      FROM changed c
      JOIN indicator i ON i.slug = c.indicator
      LEFT JOIN explained e ON e.agency_id = c.agency_id AND e.indicator = c.indicator
     WHERE coalesce((c.is_now).numerator, 0) - coalesce((c.was).numerator, 0)
             <> coalesce(e.numerator, 0)
        OR coalesce((c.is_now).denominator, 0) - coalesce((c.was).denominator, 0)
             <> coalesce(e.denominator, 0)
        OR e.agency_id IS NULL
           AND ((c.is_now).provided IS DISTINCT FROM (c.was).provided
                OR ((c.is_now).denominator IS NULL) <> ((c.was).denominator IS NULL))
  ), record_line AS (
    SELECT r.agency_id, r.indicator, k.batch,
           CASE WHEN (r.i).kind = 'dossier' AND k.type = 'service' THEN 'register'
                WHEN k.before IS NULL THEN 'late records' ELSE 'corrections' END AS cause
      FROM rest r
      JOIN member m ON m.agency_id = r.agency_id
      JOIN keyed_moves(delta) k ON k.agency_id = m.member
     WHERE record_concerns(k.type, k.record, k.before, r.i, days)
    UNION
    SELECT r.agency_id, r.indicator, k.batch, 'corrections'
      FROM rest r
      JOIN member m ON m.agency_id = r.agency_id
      JOIN keyed_moves(gone) k ON k.agency_id = m.member
     WHERE record_concerns(k.type, k.record, k.before, r.i, days)
    UNION
    SELECT r.agency_id, r.indicator, d.batch_id, 'corrections'
      FROM rest r
      JOIN member m ON m.agency_id = r.agency_id
      JOIN dossier_withdrawn d ON d.settled_id = m.member AND gone @> d.batch_id
     WHERE (r.i).kind = 'dossier' AND days @> d.resolved_day AND d.was_current
  ), batch_line AS (
    SELECT agency_id, indicator, cause, batch FROM dossier_line
    UNION
    SELECT agency_id, indicator, cause, batch FROM record_line
  ), disputed AS (
    SELECT l.agency_id, l.indicator, CASE WHEN d.dispute_id IS NULL THEN l.cause ELSE 'dispute' END AS cause,
           l.batch
      FROM batch_line l
      LEFT JOIN dispute d ON d.agency_id = l.agency_id AND d.indicator = l.indicator
                         AND d.period = old.period AND d.outcome = 'accepted' AND d.batch_id = l.batch
  )
  SELECT d.* FROM disputed d
  UNION
  SELECT c.agency_id, c.indicator, 'dispute', d.batch_id
    FROM changed c
    JOIN dispute d ON d.agency_id = c.agency_id AND d.indicator = c.indicator AND d.period = old.period
   WHERE d.outcome = 'accepted' AND d.batch_id IS NULL
     AND d.closed_at > old.published_at AND d.closed_at <= until
  UNION
  -- the same dossier under two codes, or the same procedure
  SELECT r.agency_id, r.indicator, 'corrections', NULL
    FROM rest r JOIN member m ON m.agency_id = r.agency_id
   WHERE (r.i).kind IN ('dossier', 'service')
     AND (EXISTS (SELECT FROM dossier_alias a WHERE a.agency_id = m.member
                     AND a.added_at > old.published_at AND a.added_at <= until)
          OR EXISTS (SELECT FROM procedure_alias a WHERE a.agency_id IN (0, m.member)
                     AND a.added_at > old.published_at AND a.added_at <= until))
  UNION
  -- the register's row of the agency or of whom it answers for, or its place in the period
  SELECT c.agency_id, c.indicator, 'register',
         substring(register -> m.member::text ->> 'source' FROM '^batch (\d+)$')::bigint
    FROM changed c JOIN member m ON m.agency_id = c.agency_id
   WHERE m.member <> 0
     AND register_row(old.register, m.member) <> register_row(register, m.member)
  UNION
  SELECT c.agency_id, c.indicator, 'register', NULL
    FROM changed c
   WHERE c.agency_id <> 0
     AND ((c.was).in_population, (c.was).ranked_group)
         IS DISTINCT FROM ((c.is_now).in_population, (c.is_now).ranked_group)
  UNION
  SELECT c.agency_id, c.indicator, 'definition', NULL
    FROM changed c WHERE (c.was).version <> (c.is_now).version
  UNION
  SELECT c.agency_id, c.indicator, 'target', NULL
    FROM changed c
   WHERE ((c.was).target_id, (c.was).target, (c.was).direction)
         IS DISTINCT FROM ((c.is_now).target_id, (c.is_now).target, (c.is_now).direction)
     AND (c.was).agency_id = (c.is_now).agency_id;
END $$;

-- The ledger of one step: a line for each figure that changed and each cause, with the
-- batch where there is one.
CREATE FUNCTION restatement(from_id bigint, to_id bigint)
RETURNS TABLE (period text, agency text, indicator text, old_numerator bigint,
               old_denominator bigint, new_numerator bigint, new_denominator bigint, cause text,
               batch bigint)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
  WITH changed AS MATERIALIZED (
    SELECT c.*, coalesce((c.is_now).ranked_group, (c.was).ranked_group) AS grp,
           coalesce((c.is_now).in_population, false) OR coalesce((c.was).in_population, false) AS counts,
           ((c.was).numerator, (c.was).denominator, (c.was).provided)
             IS DISTINCT FROM ((c.is_now).numerator, (c.is_now).denominator, (c.is_now).provided) AS moved
      FROM changed_figures(from_id, to_id) c
  ), own AS MATERIALIZED (
    SELECT * FROM own_causes(from_id, to_id, ARRAY(
      SELECT (c.agency_id, c.indicator, c.was, c.is_now)::changed_figure FROM changed c))
  ), direct AS MATERIALIZED (
    SELECT agency_id, indicator, cause, batch FROM own
    UNION   -- the nation's numbers are its agencies'
    SELECT c.agency_id, c.indicator, o.cause, o.batch
      FROM changed c
      JOIN changed a ON a.indicator = c.indicator AND a.counts
      JOIN own o ON o.agency_id = a.agency_id AND o.indicator = a.indicator
     WHERE c.agency_id = 0
  ), led AS MATERIALIZED (
    SELECT * FROM direct
    UNION ALL   -- a rank that others moved
    SELECT DISTINCT c.agency_id, c.indicator, o.cause, o.batch
      FROM changed c
      JOIN changed a ON a.indicator = c.indicator AND a.grp = c.grp AND a.moved
      JOIN own o ON o.agency_id = a.agency_id AND o.indicator = a.indicator
     WHERE (c.was).rank IS DISTINCT FROM (c.is_now).rank AND NOT c.moved
       AND NOT EXISTS (SELECT FROM direct d
                        WHERE d.agency_id = c.agency_id AND d.indicator = c.indicator)
  )
  SELECT v.period, coalesce((c.is_now).agency, (c.was).agency), c.indicator,
         (c.was).numerator, (c.was).denominator, (c.is_now).numerator, (c.is_now).denominator,
         coalesce(l.cause, CASE
           WHEN c.moved THEN 'definition'   -- no record changed: the formula did
           -- the verdict alone: the deadline has passed, or the path to it starts elsewhere
           WHEN (c.was).status IN ('on_track', 'behind') AND (c.is_now).status IN ('on_track', 'behind')
             THEN 'late records'
           WHEN (c.was).status <> (c.is_now).status THEN 'target'
           ELSE 'definition' END),
         l.batch
    FROM changed c
    JOIN vintage v ON v.vintage_id = from_id
    LEFT JOIN led l ON l.agency_id = c.agency_id AND l.indicator = c.indicator
   ORDER BY c.indicator COLLATE "C", coalesce((c.is_now).agency, (c.was).agency) COLLATE "C",
            8, l.batch NULLS FIRST
$$;

-- The steps of a period's ledger: from FROM_ID (null: from the one before TO_ID, or from
-- the first on, one by one) to TO_ID (null: now).
CREATE FUNCTION restatement_steps(code text, from_id bigint, to_id bigint)
RETURNS TABLE (place bigint, first bigint, second bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  one bigint;
BEGIN
  PERFORM period_range(code);
  IF vintage_at(code, 'infinity') IS NULL THEN
    RAISE EXCEPTION 'nothing of % was published', code USING ERRCODE = 'no_data_found';
  END IF;
  FOREACH one IN ARRAY array_remove(ARRAY[from_id, to_id], NULL) LOOP
    IF NOT EXISTS (SELECT FROM vintage v WHERE v.vintage_id = one AND v.period = code) THEN
      RAISE EXCEPTION 'there is no vintage % of %', one, code USING ERRCODE = 'no_data_found';
    END IF;
  END LOOP;
  IF from_id IS NOT NULL THEN
    RETURN QUERY SELECT 1::bigint, from_id, to_id;
  ELSIF to_id IS NOT NULL THEN
    RETURN QUERY SELECT 1::bigint, v.previous, to_id FROM vintage v
                  WHERE v.vintage_id = to_id AND v.previous IS NOT NULL;
  ELSE
    RETURN QUERY SELECT row_number() OVER (ORDER BY v.published_at), v.vintage_id,
                        lead(v.vintage_id) OVER (ORDER BY v.published_at)
                   FROM vintage v WHERE v.period = code;
  END IF;
END $$;
