-- page_data.sql -- the pages under /data: who sends as expected, what became of what was
-- sent, and what was refused.  Beside freshness, which is everybody's, they list what
-- row-level security shows to who asks.

-- An agency as a choice of a form or a name in a row.
CREATE FUNCTION agency_choice(a agency, chosen int) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
  SELECT json_build_object('code', a.label, 'name_vi', a.name_vi, 'name_en', coalesce(a.name_en, a.name_vi),
                           'selected', coalesce(a.agency_id = chosen, false))
$$;

-- What every page of records begins with.
CREATE FUNCTION data_frame() RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('has_no_period', true, 'sample', store_is_sample(),
    'frame', jsonb_build_object('sample', store_is_sample()),
    'sends', asking_role() IN ('sender', 'leader', 'office'), 'sees_all', may_see_all(),
    'leads', asking_role() IN ('leader', 'administrator', 'auditor'))
$$;

-- ---------------------------------------------------------------- freshness

-- Agencies one below the other, record types side by side; one's own agencies first.
CREATE FUNCTION data_page() RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH f AS MATERIALIZED (
    SELECT f.*, a.agency_id, a.kind, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en,
           greatest(0, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
                       - (f.expected AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) AS days_late
      FROM freshness(now()) f JOIN agency a ON a.label = f.agency
  ), line AS (
    SELECT f.agency, f.name_vi,
           CASE WHEN f.agency_id = ANY (agencies_seen()) THEN 1
                WHEN f.kind IN ('ministry', 'ministerial_agency') THEN 2
                WHEN f.kind = 'province' THEN 3 ELSE 4 END AS place,
           json_build_object('agency', f.agency, 'agency_name_vi', f.name_vi, 'agency_name_en', f.name_en,
             'cells', json_agg(json_build_object('type', f.type, 'state', f.state, 'is', json_build_object(f.state, true),
               'last_record', f.last_record, 'last_arrival', f.last_arrival, 'every_days', f.days,
               'expected', f.expected, 'days_late', CASE WHEN f.days_late > 0 THEN f.days_late END)
               ORDER BY array_position('{dossier,service,fact,count,milestone}', f.type))) AS body
      FROM f GROUP BY f.agency, f.agency_id, f.kind, f.name_vi, f.name_en
  )
  SELECT data_frame() || jsonb_build_object('asked_at', now(),
    'types', (SELECT jsonb_agg(jsonb_build_object('type', t.type, 'fresh', t.fresh, 'late', t.late, 'silent', t.silent,
                       'never', t.never) ORDER BY array_position('{dossier,service,fact,count,milestone}', t.type))
                FROM (SELECT f.type, count(*) FILTER (WHERE state = 'fresh') AS fresh,
                             count(*) FILTER (WHERE state = 'late') AS late,
                             count(*) FILTER (WHERE state = 'silent') AS silent,
                             count(*) FILTER (WHERE state = 'never') AS never FROM f GROUP BY f.type) t),
    'dossiers', (SELECT jsonb_build_object('agencies', count(*), 'fresh', count(*) FILTER (WHERE state = 'fresh'),
                          'late', count(*) FILTER (WHERE state = 'late'),
                          'silent', count(*) FILTER (WHERE state = 'silent'),
                          'never', count(*) FILTER (WHERE state = 'never')) FROM f WHERE f.type = 'dossier'),
    'parts', (SELECT jsonb_agg(jsonb_build_object('group', (ARRAY['own', 'central', 'province', 'other'])[g.place],
                       'agencies', g.agencies) ORDER BY g.place)
                FROM (SELECT l.place, json_agg(l.body ORDER BY name_to_sort(l.name_vi) COLLATE "vi-x-icu", l.agency COLLATE "C") AS agencies
                        FROM line l GROUP BY l.place) g))
$$;

-- ---------------------------------------------------------------- day by day

-- The newest day that a dossier tells of: one probe of the key an agency.
CREATE FUNCTION newest_day() RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT max(l.day)
    FROM agency a
   CROSS JOIN LATERAL (SELECT t.day FROM day_total t WHERE t.agency_id = a.agency_id ORDER BY t.day DESC LIMIT 1) l
$$;

-- The last of the 31 days to show: the one ASKED for; else today, or the newest that a
-- dossier tells of where that is longer ago.  Before a first record there is nothing to show.
CREATE FUNCTION days_end(asked text, today date) RETURNS date
LANGUAGE plpgsql STABLE AS $$
DECLARE
  newest date;
BEGIN
  IF asked !~ '^\d{4}-\d{2}-\d{2}$' THEN
    RAISE EXCEPTION 'until is a day, as 2020-12-31' USING ERRCODE = 'invalid_parameter_value';
  ELSIF asked IS NOT NULL THEN
    RETURN greatest(date '2000-01-31', least(asked::date, today));
  END IF;
  newest := newest_day();
  RETURN CASE WHEN newest < today - 30 THEN newest ELSE today END;
END $$;

-- Agencies one below the other, 31 days side by side: how many dossiers that each sent were
-- received or settled on which day.  A working day of which nothing tells is a gap; one on
-- which an agency was not in force is none of its days.
CREATE FUNCTION days_page(until text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  today date := (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
  last date := days_end(until, today);
  lines json;
BEGIN
  WITH day AS MATERIALIZED (
    SELECT d::date AS day, working_days(d::date - 1, d::date) = 1 AS works
      FROM generate_series(last - 30, last, interval '1 day') d
  ), line AS (
    SELECT a.agency_id, a.label, a.kind, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en,
           count(*) FILTER (WHERE d.works AND t.day IS NULL AND d.day >= a.valid_from) AS gaps,
           json_agg(json_build_object('day', d.day, 'received', t.received, 'resolved', t.resolved,
             'state', CASE WHEN t.day IS NOT NULL THEN 'sent' WHEN d.day < a.valid_from THEN 'before'
                           WHEN d.works THEN 'gap' ELSE 'off' END) ORDER BY d.day) AS cells
      FROM agency a CROSS JOIN day d
      LEFT JOIN LATERAL (SELECT x.day, x.received, x.resolved FROM day_total x   -- probes of the key
                          WHERE x.agency_id = a.agency_id AND x.day = d.day AND x.received + x.resolved > 0
                         OFFSET 0) t ON true
     WHERE a.kind IN ('ministry', 'ministerial_agency', 'province')
       AND last BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity')
     GROUP BY a.agency_id, a.label, a.kind, a.name_vi, a.name_en, a.valid_from
  ), placed AS (
    SELECT CASE WHEN l.agency_id = ANY ((SELECT agencies_seen())::int[]) THEN 1 WHEN l.kind = 'province' THEN 3 ELSE 2 END AS place, l.*
      FROM line l)
  SELECT json_build_object(
      'days', (SELECT json_agg(json_build_object('day', d.day, 'number', extract(day FROM d.day)::int, 'works', d.works)
                                ORDER BY d.day) FROM day d),
      'agencies', (SELECT count(*) FROM line), 'whole', (SELECT count(*) FROM line l WHERE l.gaps = 0),
      'parts', (SELECT json_agg(json_build_object('group', (ARRAY['own', 'central', 'province'])[g.place],
                         'agencies', g.agencies) ORDER BY g.place)
                  FROM (SELECT p.place, json_agg(json_build_object('agency', p.label, 'agency_name_vi', p.name_vi,
                                   'agency_name_en', p.name_en, 'gaps', p.gaps, 'cells', p.cells)
                                   ORDER BY name_to_sort(p.name_vi) COLLATE "vi-x-icu", p.label COLLATE "C") AS agencies
                          FROM placed p GROUP BY p.place) g))
    INTO lines;
  RETURN json_joined(json_joined(data_frame()::json, lines), json_build_object('first_day', last - 30, 'last_day', last,
    'earlier', last - 31, 'later', CASE WHEN last < today THEN least(last + 31, today) END));
END $$;

-- ---------------------------------------------------------------- batches

CREATE FUNCTION batch_line(b batch) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('batch', b.batch_id, 'type', b.type, 'state', b.state,
    'is', jsonb_build_object(b.state, true),
    'received_at', b.received_at, 'file', regexp_replace(b.file, '^.*/', ''), 'way', b.way,
    'received', b.received, 'accepted', b.accepted, 'corrected', b.corrected, 'duplicate', b.duplicate,
    'stale', b.stale, 'rejected', b.rejected,
    'waiting', (SELECT nullif(count(*), 0) FROM quarantine q WHERE q.batch_id = b.batch_id AND q.settled_by IS NULL),
    'withdrawal', (SELECT jsonb_build_object('reason', w.reason, 'by', w.requested_by, 'approved_by', w.approved_by,
                            'withdrawn_at', w.withdrawn_at, 'waits', w.withdrawn_at IS NULL, 'removed', w.removed,
                            'restored', w.restored, 'kept', w.kept)
                     FROM withdrawal w WHERE w.batch_id = b.batch_id))
$$;

-- The number in TEXT, which an address brought; null where it is none.
CREATE FUNCTION page_number(number text) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN number ~ '^[0-9]{1,18}$' THEN number::bigint END $$;

-- The agencies that something was received of, to choose from; for those who see all.
CREATE FUNCTION data_agencies(chosen int) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_agg(agency_choice(a, chosen) ORDER BY a.kind, name_to_sort(a.name_vi) COLLATE "vi-x-icu", a.label COLLATE "C")
    FROM agency a
   WHERE may_see_all() AND EXISTS (SELECT FROM batch_agency x WHERE x.agency_id = a.agency_id)
$$;

-- Fifty batches before BEFORE, the newest first.
CREATE FUNCTION batches_page(agency text, type text, state text, before text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  id int := office_agency(agency);
  edge bigint := page_number(before);
  lines jsonb;
  last bigint;
BEGIN
  WITH found AS (
    SELECT * FROM batch b
     WHERE (edge IS NULL OR b.batch_id < edge) AND (type IS NULL OR b.type = type)
       AND (state IS NULL OR b.state = state)
       AND (id IS NULL OR b.agency_id = id OR b.delivery LIKE 'h' || id || '-%'
            OR EXISTS (SELECT FROM batch_agency x WHERE x.agency_id = id AND x.batch_id = b.batch_id))
     ORDER BY b.batch_id DESC LIMIT 50)
  SELECT jsonb_agg(batch_line(row(f.*)::batch) ORDER BY f.batch_id DESC), CASE WHEN count(*) = 50 THEN min(f.batch_id) END
    INTO lines, last FROM found f;
  RETURN data_frame() || jsonb_build_object('batches', lines, 'next', last, 'agency', agency, 'type', type,
    'state', state, 'agencies', data_agencies(id),
    'types', (SELECT jsonb_agg(jsonb_build_object('type', t, 'selected', t = coalesce(batches_page.type, '')) ORDER BY place)
                FROM unnest('{dossier,service,fact,count,milestone}'::text[]) WITH ORDINALITY x(t, place)),
    'states', (SELECT jsonb_agg(jsonb_build_object('state', s, 'selected', s = coalesce(batches_page.state, '')) ORDER BY place)
                FROM unnest('{committed,refused,withdrawn}'::text[]) WITH ORDINALITY x(s, place)));
END $$;

-- Waits, and no record can be known to mend it: of a dossier the code could not be read, of
-- another type the key.
CREATE FUNCTION is_keyless(q quarantine) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT q.settled_by IS NULL AND q.key IS NULL
     AND (q.dossier IS NULL OR EXISTS (SELECT FROM batch b WHERE b.batch_id = q.batch_id AND b.type <> 'dossier'))
$$;

CREATE FUNCTION refused_line(q quarantine) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('batch', q.batch_id, 'line', q.line, 'dossier', q.dossier, 'field', q.field,
    'value', left(q.value, 200), 'code', q.code, 'message', q.message, 'masked', q.masked,
    'settled_by', q.settled_by, 'settled_as', q.settled_as, 'is_keyless', is_keyless(q),
    'agency', (SELECT a.label FROM agency a WHERE a.agency_id = q.agency_id))
$$;

-- One batch: its receipt, and the first hundred of the records that were refused.
CREATE FUNCTION batch_page(number text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  b batch;
BEGIN
  SELECT x.* INTO b FROM batch x WHERE x.batch_id = page_number(number);
  IF b.batch_id IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN data_frame() || jsonb_build_object('batch', batch_line(b) || jsonb_build_object('sha256', b.sha256,
      'committed_at', b.committed_at, 'refusal', b.refusal, 'delivery', b.delivery,
      'is_published', batch_is_published(b.batch_id)),
    'agencies', (SELECT jsonb_agg(jsonb_build_object('code', a.label, 'name_vi', a.name_vi,
                          'name_en', coalesce(a.name_en, a.name_vi)) ORDER BY a.label COLLATE "C")
                   FROM agency a
                  WHERE (a.agency_id = b.agency_id
                         OR a.agency_id IN (SELECT x.agency_id FROM batch_agency x WHERE x.batch_id = b.batch_id))
                    AND may_see(a.agency_id)),
    'warnings', (SELECT jsonb_agg(jsonb_build_object('agency', w ->> 'agency', 'field', w ->> 'field',
                          'message', w ->> 'message')) FROM jsonb_array_elements(b.warnings) w),
    'errors', (SELECT jsonb_agg(refused_line(row(q.*)::quarantine) ORDER BY q.line)
                 FROM (SELECT * FROM quarantine x WHERE x.batch_id = b.batch_id ORDER BY x.line LIMIT 100) q),
    'codes', (SELECT jsonb_agg(jsonb_build_object('code', c.code, 'count', c.count) ORDER BY c.count DESC, c.code)
                FROM (SELECT q.code, count(*) FROM quarantine q WHERE q.batch_id = b.batch_id GROUP BY q.code) c),
    'has_errors', b.rejected > 0, 'is_more', b.rejected > 100,
    'replayable', CASE WHEN may_upload() THEN nullif(replayable(b), 0) END);
END $$;

-- ---------------------------------------------------------------- refused records

-- Refused records behind the one called AFTER ("batch:line"), the newest batch first: those
-- of one CODE, those in which WORDS stand.  They wait to be mended, unless STATE is `all`.
CREATE FUNCTION quarantine_page(agency text, code text, words text, batch text, state text, after text, most text)
RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  id int := office_agency(agency);
  number bigint := page_number(batch);
  edge_batch bigint := page_number(split_part(after, ':', 1));
  edge_line bigint := page_number(split_part(after, ':', 2));
  rows_most int := least(greatest(coalesce(page_number(most), 50), 1), 10000);
  wanted text := fold(words);
  settled boolean := coalesce(state = 'all', false);
  lines jsonb;
  last text;
BEGIN
  WITH found AS (
    SELECT q.* FROM quarantine q
     WHERE (settled OR q.settled_by IS NULL)
       AND (number IS NULL OR q.batch_id = number) AND (code IS NULL OR q.code = code)
       AND (id IS NULL OR q.agency_id = id
            OR EXISTS (SELECT FROM batch b WHERE b.batch_id = q.batch_id
                          AND (b.agency_id = id OR b.delivery LIKE 'h' || id || '-%')))
       AND (edge_line IS NULL OR q.batch_id < edge_batch OR q.batch_id = edge_batch AND q.line > edge_line)
       AND (coalesce(wanted, '') = '' OR strpos(fold(concat_ws(' ', q.dossier, q.field, q.value, q.message, q.record)), wanted) > 0)
     ORDER BY q.batch_id DESC, q.line LIMIT rows_most)
  SELECT jsonb_agg(refused_line(row(f.*)::quarantine) || jsonb_build_object('type', b.type, 'sees_batch', b.batch_id IS NOT NULL)
                   ORDER BY f.batch_id DESC, f.line),
         CASE WHEN count(*) = rows_most
              THEN (array_agg(f.batch_id || ':' || f.line ORDER BY f.batch_id DESC, f.line))[count(*)] END
    INTO lines, last FROM found f LEFT JOIN batch b ON b.batch_id = f.batch_id;   -- another's, who sent it for all
  RETURN data_frame() || jsonb_build_object('errors', lines, 'next', last, 'agency', agency, 'code', code,
    'has_errors', lines IS NOT NULL, 'has_batches', true, 'words', words, 'batch', number, 'is_all', settled, 'agencies', data_agencies(id),
    'codes', (SELECT jsonb_agg(jsonb_build_object('code', c.code, 'count', c.count,
                       'selected', c.code = coalesce(quarantine_page.code, '')) ORDER BY c.count DESC, c.code)
                FROM (SELECT q.code, count(*) FROM quarantine q
                       WHERE (settled OR q.settled_by IS NULL) AND (number IS NULL OR q.batch_id = number)
                         AND (id IS NULL OR q.agency_id = id) GROUP BY q.code) c));
END $$;
