-- milestones.sql -- the dated tasks of the Resolution: who owed what by when, and whether
-- it was done (DESIGN 6.2 `task` and `milestone`).

-- The instances of all tasks as they stand on DAY: one, or one for each year, or one for
-- each agency that had to do it.  NAME is that of a row of the register; null: all.
--
-- The deadline is the task's: no record of an agency moves it, only a task without one
-- takes that of the record.  What is done is done by the successor, too.  Where no record
-- tells, the catalogue's outcome does, with its source; what came from memory is not
-- verified.
CREATE FUNCTION milestones(day date, name text DEFAULT NULL)
RETURNS TABLE (task text, kind text, year int, agency_id int, agency text, heir_id int, due date,
               done_on date, status text, days int, document_number text, issuer text,
               progress text, evidence_url text, evidence text, verified boolean)
LANGUAGE sql STABLE AS $$
  WITH instance AS (
    SELECT t.task, t.kind, coalesce(y.year, 0) AS year, t.lead_code, t.each_kind, t.done_by,
           CASE WHEN t.kind <> 'yearly' THEN t.due
                WHEN t.due IS NULL THEN make_date(y.year, 12, 31)
                ELSE (t.due + make_interval(years => y.year - extract(year FROM t.due)::int))::date
           END AS due,
           -- an outcome of the catalogue speaks of the task, not of each agency's part
           CASE WHEN t.each_kind IS NULL AND t.kind = 'task' THEN t.outcome_on END AS outcome_on,
           coalesce(t.due_source, '') NOT LIKE 'memory%' AS due_verified,
           coalesce(t.outcome_source, '') <> 'memory' AS outcome_verified
      FROM task t
      LEFT JOIN LATERAL (
        SELECT generate_series(lower(t.years), upper(t.years) - 1) AS year
         WHERE t.kind = 'yearly'
        UNION
        SELECT extract(year FROM t.due)::int WHERE t.kind = 'yearly' AND t.due IS NOT NULL
        UNION
        SELECT m.year FROM milestone m WHERE t.kind = 'yearly' AND m.task = t.task) y ON true
     WHERE t.kind <> 'yearly' OR y.year IS NOT NULL
  ), owed AS (           -- by whom: the row in force when it was due
    SELECT i.*, a.agency_id
      FROM instance i
      JOIN agency a ON a.kind = ANY (i.each_kind)
       AND coalesce(i.due, milestones.day) BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity')
     WHERE i.each_kind IS NOT NULL
    UNION ALL
    SELECT i.*, coalesce(agency_on(i.lead_code, coalesce(i.due, milestones.day)), 0)
      FROM instance i WHERE i.each_kind IS NULL
  ), answered AS (
    SELECT o.*, h.heir_id, coalesce(o.due, m.due) AS owed_by, m.task IS NOT NULL AS recorded,
           m.document_number, m.issuer, m.progress, m.evidence_url,
           CASE WHEN m.task IS NULL THEN o.outcome_on
                WHEN o.done_by = 'submitted'
                  THEN coalesce(m.submitted_on, m.issued_on, m.completed_on, o.outcome_on)
                ELSE coalesce(m.completed_on, m.issued_on, o.outcome_on) END AS ended_on,
           -- what tells of the end
           m.task IS NOT NULL AND coalesce(m.completed_on, m.issued_on,
             CASE WHEN o.done_by = 'submitted' THEN m.submitted_on END) IS NOT NULL AS told
      FROM owed o
      LEFT JOIN agency_heir h ON h.agency_id = o.agency_id
           AND milestones.day BETWEEN h.first_day AND h.last_day
      LEFT JOIN LATERAL (
        SELECT m.* FROM milestone m
          JOIN agency_heir x ON x.agency_id = o.agency_id AND x.heir_id = m.agency_id
         WHERE m.task = o.task AND m.year = o.year
         ORDER BY m.agency_id = o.agency_id DESC, x.first_day LIMIT 1) m ON true
  ), judged AS (
    SELECT a.*, CASE WHEN a.ended_on <= milestones.day THEN a.ended_on END AS done
      FROM answered a
  )
  SELECT j.task, j.kind, nullif(j.year, 0), j.agency_id, coalesce(a.label, 'VN'),
         coalesce(j.heir_id, j.agency_id), j.owed_by, j.done,
         s.status,
         CASE s.status WHEN 'late' THEN j.done - j.owed_by
                       WHEN 'overdue' THEN milestones.day - j.owed_by END,
         j.document_number, j.issuer, j.progress, j.evidence_url,
         CASE WHEN j.told THEN 'record' WHEN j.done IS NOT NULL THEN 'catalogue'
              WHEN j.recorded THEN 'record' END,
         j.due_verified AND (j.told OR j.done IS NULL OR j.outcome_verified)
    FROM judged j
    LEFT JOIN agency a ON a.agency_id = j.agency_id
   CROSS JOIN LATERAL (SELECT CASE
     WHEN j.kind = 'qualitative' THEN 'qualitative'
     WHEN j.done <= j.owed_by OR (j.owed_by IS NULL AND j.done IS NOT NULL) THEN 'on_time'
     WHEN j.done > j.owed_by THEN 'late'
     WHEN j.owed_by < milestones.day THEN 'overdue'
     ELSE 'not_due' END AS status) s
   WHERE milestones.name IS NULL
      OR (SELECT milestone_agency(milestones.name, milestones.day)) IN (j.agency_id, j.heir_id)
$$;

-- The row that NAME means for milestones: in force on DAY, or one of before by its label.
CREATE FUNCTION milestone_agency(name text, day date) RETURNS int
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (SELECT coalesce(agency_on(name, day), (SELECT agency_id FROM agency WHERE label = name)));
END $$;

-- The day of which milestones speak by default: that of the store.
CREATE FUNCTION store_day() RETURNS date
LANGUAGE sql STABLE AS $$ SELECT (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date $$;

CREATE FUNCTION milestone_counts(statuses text[]) RETURNS json
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'all', cardinality(statuses),
    'on_time', count(*) FILTER (WHERE s = 'on_time'), 'late', count(*) FILTER (WHERE s = 'late'),
    'overdue', count(*) FILTER (WHERE s = 'overdue'),
    'not_due', count(*) FILTER (WHERE s = 'not_due'),
    'qualitative', count(*) FILTER (WHERE s = 'qualitative'))
    FROM unnest(statuses) s);
END $$;

-- The milestones as the API and the page give them: task by task, those of verified
-- deadlines counted.  Null when the agency is unknown.
CREATE FUNCTION milestones_model(asked date, name text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH spoken AS (SELECT coalesce(asked, store_day()) AS day
  ), m AS MATERIALIZED (
    SELECT m.* FROM spoken s CROSS JOIN LATERAL milestones(s.day, name) m
  ), line AS (
    SELECT t.task, t.kind, m.verified, t.due, t.name_vi, t.name_en, t.clause,
           t.each_kind IS NOT NULL AS each, t.outcome, t.outcome_source,
           CASE WHEN t.batch_id IS NULL THEN t.outcome_vi END AS outcome_vi, t.due_source,
           milestone_counts(array_agg(m.status)) AS counts,
           json_agg(json_build_object(
             'task', t.task, 'task_name_vi', t.name_vi, 'task_name_en', coalesce(t.name_en, t.name_vi),
             'kind', m.kind, 'year', m.year, 'agency', m.agency,
             'agency_name_vi', CASE WHEN m.agency_id = 0 THEN 'Chính phủ' ELSE a.name_vi END,
             'agency_name_en', CASE WHEN m.agency_id = 0 THEN 'Government'
                                    ELSE coalesce(a.name_en, a.name_vi) END,
             'heir', CASE WHEN h.agency_id <> m.agency_id THEN h.label END,
             'heir_name_vi', CASE WHEN h.agency_id <> m.agency_id THEN h.name_vi END,
             'heir_name_en', CASE WHEN h.agency_id <> m.agency_id THEN coalesce(h.name_en, h.name_vi) END,
             'due', m.due, 'done_on', m.done_on, 'status', m.status, 'days', m.days,
             'document_number', m.document_number, 'issuer', m.issuer, 'progress', m.progress,
             'evidence_url', m.evidence_url, 'evidence', m.evidence, 'verified', m.verified)
             ORDER BY m.year, coalesce(a.kind = 'province', false),
                      name_to_sort(coalesce(a.name_vi, 'Chính phủ')) COLLATE "vi-x-icu", m.agency COLLATE "C") AS instances
      FROM m
      JOIN task t USING (task)
      LEFT JOIN agency a ON a.agency_id = m.agency_id
      LEFT JOIN agency h ON h.agency_id = m.heir_id
     GROUP BY t.task, m.verified
  ), written AS (
    SELECT l.verified, json_build_object(
             'task', l.task, 'kind', l.kind, 'name_vi', l.name_vi,
             'name_en', coalesce(l.name_en, l.name_vi), 'clause', l.clause, 'each', l.each,
             'many', l.each OR l.kind = 'yearly', 'due_source', l.due_source,
             'outcome', l.outcome, 'outcome_words_vi', coalesce(l.outcome_vi, l.outcome), 'outcome_words_en', l.outcome,
             'outcome_source', l.outcome_source, 'counts', l.counts,
             'instances', l.instances) AS body,
           row_number() OVER (ORDER BY l.kind = 'qualitative', l.due, l.task COLLATE "C") AS place
      FROM line l
  )
  SELECT json_build_object(
    'day', s.day, 'as_of', store_as_of(), 'sample', store_is_sample(),
    'agency', CASE WHEN name IS NOT NULL THEN agency_object(milestone_agency(name, s.day)) END,
    'counts', (SELECT milestone_counts(coalesce(array_agg(m.status), '{}')) FROM m WHERE m.verified),
    'parts', (SELECT coalesce(json_agg(json_build_object('verified', p.verified, 'tasks', p.tasks)
                                       ORDER BY p.verified DESC), '[]')
                FROM (SELECT w.verified, json_agg(w.body ORDER BY w.place) AS tasks
                        FROM written w GROUP BY w.verified) p))
    FROM spoken s
   WHERE name IS NULL OR milestone_agency(name, s.day) IS NOT NULL);
END $$;

-- A model of milestones with the instances of one state only; the counts stay those of all.
CREATE FUNCTION milestones_in(model json, state text) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
  SELECT to_json(model::jsonb || jsonb_build_object('parts', (
    SELECT coalesce(jsonb_agg(p.part || jsonb_build_object('tasks', t.tasks) ORDER BY p.at), '[]')
      FROM jsonb_array_elements(model::jsonb -> 'parts') WITH ORDINALITY p(part, at)
     CROSS JOIN LATERAL (
       SELECT jsonb_agg(x.task || jsonb_build_object('instances', i.instances) ORDER BY x.at) AS tasks
         FROM jsonb_array_elements(p.part -> 'tasks') WITH ORDINALITY x(task, at)
        CROSS JOIN LATERAL (
          SELECT jsonb_agg(y.one ORDER BY y.at) AS instances
            FROM jsonb_array_elements(x.task -> 'instances') WITH ORDINALITY y(one, at)
           WHERE y.one ->> 'status' = milestones_in.state) i
        WHERE i.instances IS NOT NULL) t
     WHERE t.tasks IS NOT NULL)))
   WHERE state IS NOT NULL
  UNION ALL
  SELECT model WHERE state IS NULL
$$;

-- The agencies that can be chosen, by the name that holds for ever, in Vietnamese order.
CREATE FUNCTION milestone_choices(day date, chosen text) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH one AS MATERIALIZED (SELECT milestone_agency(chosen, milestone_choices.day) AS id)
  SELECT json_agg(json_build_object('name', a.code || '@' || extract(year FROM a.valid_from),
           'agency_name_vi', a.name_vi, 'agency_name_en', coalesce(a.name_en, a.name_vi),
           'selected', coalesce(a.agency_id = one.id, false))
           ORDER BY a.kind = 'province', a.name_vi COLLATE "vi-VN-x-icu")
    FROM agency a, one
   WHERE (milestone_choices.day BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity')
          AND a.kind IN ('ministry', 'ministerial_agency', 'government_agency', 'province'))
      OR a.agency_id = one.id
$$;

CREATE FUNCTION page_milestones(asked text, name text, as_of text, state text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  states constant text[] := '{overdue,late,on_time,not_due,qualitative}';
  whole json := milestones_model(as_of::date, name);
BEGIN
  IF state <> ALL (states) THEN
    RAISE EXCEPTION 'no state "%"; there are: %', state, array_to_string(states, ', ')
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN (
    SELECT json_build_object('period', span, 'frame', page_frame(span), 'milestones', m,
             'shows_few', name IS NOT NULL,
             'has_parts', json_array_length(m -> 'parts') > 0,
             'agencies', milestone_choices((m ->> 'day')::date, name),
             'states', (SELECT json_agg(json_build_object('state', s, 'selected', s = state)) FROM unnest(states) s),
             'timeline', milestone_line(m))
      FROM milestones_in(whole, state) m WHERE whole IS NOT NULL);
END $$;

-- The tasks of milestones_model() as items of a timeline (docs/charts.md), one row each.  A task that many owe, or
-- that comes each year, is done as far as all that fell due is done; its row has the last
-- deadline that fell due, else the first to come, and how many are done.
CREATE FUNCTION timeline_of(model json) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH task AS MATERIALIZED (   -- each text is read once, not for every instance
    SELECT x.*, t.ordinality AS place
      FROM json_array_elements(model -> 'parts') p,
           json_array_elements(p.value -> 'tasks') WITH ORDINALITY t,
           json_to_record(t.value) x (task text, name_vi text, name_en text, many boolean, instances json)
     WHERE (p.value ->> 'verified')::boolean
  ), instance AS (
    SELECT k.place, i.*, count(*) OVER one AS "all", count(i.done_on) OVER one AS done,
           row_number() OVER (PARTITION BY k.place
             ORDER BY i.status = 'not_due', CASE WHEN i.status <> 'not_due' THEN i.due::date END DESC,
                      i.status <> 'overdue', i.due::date, i.done_on DESC NULLS LAST) AS turn
      FROM task k,
           json_to_recordset(k.instances) i (due text, done_on text, status text, agency text)
    WINDOW one AS (PARTITION BY k.place)
  )
  SELECT coalesce(json_agg(json_build_object(
           'task', k.task, 'name_vi', k.name_vi, 'name_en', k.name_en, 'due', i.due, 'done_on', i.done_on,
           'status', i.status, 'agency', CASE WHEN NOT k.many THEN i.agency END,
           'all', CASE WHEN k.many THEN i."all" END, 'done', CASE WHEN k.many THEN i.done END)
           ORDER BY k.place), '[]')
    FROM task k JOIN instance i ON i.place = k.place AND i.turn = 1
$$;

-- The same as a picture: one row a task.
CREATE FUNCTION milestone_line(model json) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('kind', 'timeline', 'day', model -> 'day', 'as_of', model -> 'as_of',
           'sample', model -> 'sample', 'agency', model -> 'agency', 'counts', model -> 'counts',
           'width', 900, 'narrow', 340, 'items', t.items)
    FROM timeline_of(model) AS t(items) WHERE json_array_length(t.items) > 0
$$;
