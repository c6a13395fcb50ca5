-- merge_keyed.sql -- the record types that are few: one table each, a key, and the
-- rules of versions by updated_at alone (DESIGN 6.3).

-- Merges the stage into table HOME, whose unique key is KEYS.
CREATE FUNCTION merge_keyed(type text, home text, keys text[], batch bigint) RETURNS merge_counts
LANGUAGE plpgsql AS $$
DECLARE
  counts merge_counts;
  key_list text;
  columns text;
  updates text;
  agency text := CASE WHEN 'agency_id' = ANY (keys) THEN 'agency_id' ELSE '0' END;
  parts text;
  part text;
BEGIN
  -- A part of the key that was not given is the empty one.
  FOR part IN SELECT attname FROM pg_attribute
               WHERE attrelid = 'pg_temp.stage'::regclass AND attname = ANY (keys)
                 AND atttypid = 'text'::regtype LOOP
    EXECUTE format('UPDATE stage SET %1$I = '''' WHERE %1$I IS NULL', part);
  END LOOP;
  SELECT string_agg(quote_ident(k), ', ' ORDER BY n),
         string_agg(format('%I::text', k), ', ' ORDER BY n) FILTER (WHERE k <> 'agency_id')
    INTO key_list, parts FROM unnest(keys) WITH ORDINALITY u (k, n);
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
         string_agg(format('%1$I = excluded.%1$I', attname), ', ' ORDER BY attnum)
           FILTER (WHERE attname <> ALL (keys))
    INTO columns, updates
    FROM pg_attribute
   WHERE attrelid = format('nq17.%I', home)::regclass AND attnum > 0 AND NOT attisdropped;

  UPDATE stage SET batch_id = batch;
  EXECUTE format($sql$
    CREATE TEMP TABLE version ON COMMIT DROP AS
    SELECT line, updated_given, %1$s, coalesce(updated_at, '-infinity') AS at,
           to_jsonb(v) - '{line,updated_given,batch_id}'::text[] AS content,
           %2$s AS owner, concat_ws('|', %3$s) AS name
      FROM (SELECT line, updated_given, %1$s FROM stage
            UNION ALL
            SELECT 0, true, %1$s FROM nq17.%4$I
             WHERE (%5$s) IN (SELECT %5$s FROM stage)) v
  $sql$, columns, agency, parts, home, key_list);

  CREATE TEMP TABLE judged ON COMMIT DROP AS
  SELECT v.*, CASE WHEN before IS NULL THEN 'accepted'
                   WHEN at > before THEN 'corrected'
                   WHEN at < before THEN
                     CASE WHEN updated_given THEN 'stale' ELSE 'conflict' END
                   WHEN content = first_content THEN 'duplicate'
                   ELSE 'conflict' END AS verdict
    FROM (SELECT *, max(at) OVER (PARTITION BY owner, name ORDER BY line
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
                 first_value(content) OVER (PARTITION BY owner, name, at ORDER BY line) AS first_content
            FROM version) v;

  INSERT INTO stage_refused (line, agency_id, code, field, value, detail)
  SELECT j.line, j.owner, 'conflict', d.names[1], d.new_value, array_to_string(d.names, ', ')
    FROM judged j
    JOIN (SELECT DISTINCT ON (c.owner, c.name, c.at) c.owner, c.name, c.at, c.content
            FROM version c ORDER BY c.owner, c.name, c.at, c.line) o
      ON o.owner = j.owner AND o.name = j.name AND o.at = j.before
    CROSS JOIN LATERAL (
      SELECT array_agg(key ORDER BY key) AS names,
             (array_agg(a.value ORDER BY key))[1] AS new_value
        FROM jsonb_each_text(j.content) a JOIN jsonb_each_text(o.content) b USING (key)
       WHERE a.value IS DISTINCT FROM b.value) d
   WHERE j.verdict = 'conflict';

  -- All that was current once and is no more.
  INSERT INTO record_history (agency_id, type, key, updated_at, batch_id, replaced_by, record)
  SELECT owner, merge_keyed.type, name, at, batch_id, batch, content
    FROM (SELECT *, at < max(at) OVER (PARTITION BY owner, name) AS replaced
            FROM judged
           WHERE line = 0 OR verdict IN ('accepted', 'corrected')) v
   WHERE replaced;

  EXECUTE format($sql$
    INSERT INTO nq17.%1$I (%2$s)
    SELECT DISTINCT ON (%3$s) %2$s FROM judged
     WHERE line > 0 AND verdict IN ('accepted', 'corrected')
     ORDER BY %3$s, at DESC
    ON CONFLICT (%3$s) DO UPDATE SET %4$s
  $sql$, home, columns, key_list, updates);

  -- What changes nothing now may, once the batch that came first is withdrawn.
  INSERT INTO record_echo (agency_id, type, key, updated_at, batch_id, record)
  SELECT DISTINCT owner, merge_keyed.type, name, at, batch, content
    FROM judged WHERE line > 0 AND verdict IN ('duplicate', 'stale');

  SELECT count(*) FILTER (WHERE verdict = 'accepted'),
         count(*) FILTER (WHERE verdict = 'corrected'),
         count(*) FILTER (WHERE verdict = 'duplicate'),
         count(*) FILTER (WHERE verdict = 'stale')
    INTO counts FROM judged WHERE line > 0;
  RETURN counts;
END $$;

CREATE FUNCTION merge_fact(batch bigint) RETURNS merge_counts
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stage SET item = '' WHERE item IS NULL;
  RETURN merge_keyed('fact', 'fact', '{agency_id,fact,item,valid_from}', batch);
END $$;

CREATE FUNCTION merge_count(batch bigint) RETURNS merge_counts
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stage SET breakdown = '' WHERE breakdown IS NULL;
  RETURN merge_keyed('count', 'reported_count', '{agency_id,measure,period,breakdown}', batch);
END $$;

-- Services, and the dossiers whose level depends on them.
CREATE FUNCTION merge_service(batch bigint, agencies int[]) RETURNS merge_counts
LANGUAGE plpgsql AS $$
DECLARE
  counts merge_counts;
BEGIN
  counts := merge_keyed('service', 'service', '{agency_id,procedure,valid_from}', batch);
  PERFORM refresh_level4(array_agg(agency_id), array_agg(procedure)) FROM stage;
  RETURN counts;
END $$;

-- Derives the level of dossiers anew: those of the services (OWNERS, PROCEDURES side by
-- side) and of all that came before their rows in their families.
CREATE FUNCTION refresh_level4(owners int[], procedures text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  CREATE TEMP TABLE chain ON COMMIT DROP AS
  SELECT d.*, 0::smallint AS sign
    FROM (SELECT DISTINCT h.agency_id, s.procedure
            FROM unnest(owners, procedures) s(agency_id, procedure)
            JOIN agency_heir h ON h.heir_id = s.agency_id) a
    JOIN dossier d USING (agency_id, procedure)
    LEFT JOIN (SELECT agency_id, procedure,       -- looked up once, not for every dossier
                      range_agg(daterange(first_day, last_day, '[]')) AS days
                 FROM holder_level4 GROUP BY agency_id, procedure) l USING (agency_id, procedure)
   WHERE d.level4 <> (d.channel = 'online' AND coalesce(l.days @> d.received_day, false));
  IF EXISTS (SELECT FROM chain) THEN
    UPDATE dossier d SET level4 = NOT c.level4
      FROM chain c WHERE d.agency_id = c.agency_id AND d.dossier = c.dossier;
    UPDATE chain SET sign = -1;
    PERFORM rollup_move('chain', true);
    UPDATE chain SET sign = 1, level4 = NOT level4;
    PERFORM rollup_move('chain', true);
  END IF;
  DROP TABLE chain;
END $$;

CREATE FUNCTION merge_task(batch bigint) RETURNS merge_counts
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stage
     SET each_kind = (SELECT array_agg(DISTINCT k::agency_kind)
                        FROM regexp_split_to_table(each_kinds, '[\s,;|]+') k WHERE k <> '');
  ALTER TABLE pg_temp.stage DROP each_kinds;
  -- What a record cannot say is kept.
  UPDATE stage s SET years = t.years, due_source = t.due_source, outcome = t.outcome,
                     outcome_source = t.outcome_source, outcome_on = t.outcome_on,
                     done_by = t.done_by
    FROM task t WHERE t.task = s.task;
  RETURN merge_keyed('task', 'task', '{task}', batch);
END $$;

CREATE FUNCTION merge_milestone(batch bigint) RETURNS merge_counts
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stage_refused (line, agency_id, code, field, value)
  SELECT line, agency_id, 'unknown_task', 'task', task
    FROM stage s WHERE NOT EXISTS (SELECT FROM task t WHERE t.task = s.task);
  -- Of which year's instance a yearly task's record speaks, its deadline tells.
  INSERT INTO stage_refused (line, agency_id, code, field)
  SELECT line, agency_id, 'missing_value', 'due'
    FROM stage s JOIN task t USING (task) WHERE t.kind = 'yearly' AND s.due IS NULL;
  DELETE FROM stage s USING stage_refused f WHERE f.line = s.line;
  UPDATE stage s SET year = CASE WHEN t.kind = 'yearly' THEN extract(year FROM s.due) ELSE 0 END
    FROM task t WHERE t.task = s.task;
  RETURN merge_keyed('milestone', 'milestone', '{agency_id,task,year}', batch);
END $$;

CREATE FUNCTION merge_national(batch bigint) RETURNS merge_counts
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stage SET value = value_text::numeric;
  INSERT INTO stage_refused (line, agency_id, code, field, value, detail)
  SELECT line, 0, 'bad_choice', 'country', country, 'VNM, SGP, … (ISO 3166-1 alpha-3)'
    FROM stage WHERE country !~ '^[A-Z]{3}$';
  DELETE FROM stage s USING stage_refused f WHERE f.line = s.line;
  RETURN merge_keyed('national', 'national', '{series,country,year}', batch);
END $$;
