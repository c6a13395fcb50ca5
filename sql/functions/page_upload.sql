-- page_upload.sql -- a file through a page: a trial first, then in earnest.
--
-- Both go the way of all records, by the spool.  The trial is called DELIVERY.try and stores
-- nothing; the other one DELIVERY, so that sending it twice stores it once.

CREATE FUNCTION may_upload() RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT asking_role() IN ('sender', 'leader', 'office') $$;

CREATE FUNCTION upload_form_page(type text, note text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT data_frame() || jsonb_build_object('note', CASE WHEN note IN ('no_file', 'format') THEN note END,
    'types', (SELECT jsonb_agg(jsonb_build_object('type', t, 'selected', t = coalesce(upload_form_page.type, '')) ORDER BY place)
                FROM unnest('{dossier,service,fact,count,milestone}'::text[]) WITH ORDINALITY x(t, place)),
    'has_agencies', may_see_all() OR cardinality(agencies_seen()) > 1,
    'agencies', (SELECT json_agg(agency_choice(a, asking_agency()) ORDER BY a.kind, name_to_sort(a.name_vi) COLLATE "vi-x-icu", a.label COLLATE "C")
                   FROM agency a
                  WHERE may_see_all() AND a.kind IN ('ministry', 'ministerial_agency', 'province')
                    AND a.valid_to IS NULL
                     OR NOT may_see_all() AND a.agency_id = ANY (agencies_seen()) AND cardinality(agencies_seen()) > 1))
$$;

-- Notes a trial; its delivery, and whose records may come.  NAME is of an agency, or null.
CREATE FUNCTION upload_begin(session bigint, name text, type text, format text, file text, bytes bigint)
RETURNS TABLE (delivery text, scope int, agency text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_column
DECLARE
  named int := office_agency(name);
  scope int := coalesce(asking_agency(), named, 0);
  label text := (SELECT a.label FROM agency a WHERE a.agency_id = coalesce(named, nullif(scope, 0)));
  made text := 'h' || scope || '-' || replace(gen_random_uuid()::text, '-', '');
BEGIN
  IF NOT may_upload() OR session <= 0 OR named = 0 OR named IS NOT NULL AND NOT may_see(named) THEN
    PERFORM refuse_asker();
  END IF;
  DELETE FROM form_upload u WHERE u.made_at < clock_timestamp() - interval '1 day';
  INSERT INTO form_upload (delivery, session_id, agency_id, agency, type, format, file, bytes)
  VALUES (made, session, scope, label, upload_begin.type, upload_begin.format, upload_begin.file, upload_begin.bytes);
  RETURN QUERY SELECT made, scope, label;
END $$;

-- The same of the refused records of a batch, as they are, whose number is the body: of one that
-- who asks may see (row-level security).  No row: there is none.
CREATE FUNCTION upload_replay(session bigint, number text)
RETURNS TABLE (delivery text, scope int, agency text, type text, file text, body text)
LANGUAGE plpgsql AS $$
DECLARE
  b batch;
BEGIN
  SELECT x.* INTO b FROM batch x WHERE x.batch_id = page_number(number);
  IF b.batch_id IS NOT NULL THEN
    RETURN QUERY SELECT u.delivery, u.scope, u.agency, b.type, 'batch-' || b.batch_id, b.batch_id::text
      FROM upload_begin(session, NULL, b.type, 'replay', 'batch-' || b.batch_id, length(b.batch_id::text)) u;
  END IF;
END $$;

-- How many refused records of a batch wait and can be sent again as they are: all of them is
-- there, and they can be read without the file they came in (collector/replay.c).
CREATE FUNCTION replayable(b batch) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT count(*) FROM quarantine q
   WHERE q.batch_id = b.batch_id AND q.settled_by IS NULL AND quarantine_is_whole(q)
     AND (b.format IN ('csv', 'ndjson', 'json', 'cloudevents') OR b.format = 'xlsx' AND b.header IS NOT NULL)
$$;

-- The trial called NAME, which is its session's alone; null once it is too old to be sent.
CREATE FUNCTION upload_page(session bigint, name text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT data_frame() || jsonb_build_object('delivery', u.delivery, 'type', u.type, 'file', u.file, 'bytes', u.bytes,
    'made_at', u.made_at, 'until', u.made_at + interval '1 hour', 'is_sent', u.sent_at IS NOT NULL,
    'replays', CASE WHEN u.format = 'replay' THEN substr(u.file, 7) END,
    'batch', (SELECT b.batch_id FROM batch b WHERE b.delivery = u.delivery),
    'agency', u.agency, 'agency_name_vi', a.name_vi, 'agency_name_en', coalesce(a.name_en, a.name_vi))
    FROM form_upload u LEFT JOIN agency a ON a.label = u.agency
   WHERE u.delivery = name AND u.session_id = session AND may_upload()
     AND (u.sent_at IS NOT NULL OR u.made_at > clock_timestamp() - interval '1 hour')
$$;

-- Sends it in earnest: what the spool has to know.  No row: there is no such trial.
CREATE FUNCTION upload_send(session bigint, name text)
RETURNS TABLE (delivery text, type text, format text, file text, agency text, scope int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  u form_upload;
BEGIN
  SELECT x.* INTO u FROM form_upload x
   WHERE x.delivery = name AND x.session_id = session AND may_upload()
     AND (x.sent_at IS NOT NULL OR x.made_at > clock_timestamp() - interval '1 hour') FOR UPDATE;
  IF u.delivery IS NULL THEN
    RETURN;
  ELSIF u.sent_at IS NULL THEN
    UPDATE form_upload x SET sent_at = clock_timestamp() WHERE x.delivery = name;
    PERFORM log_action('upload', 'delivery:' || u.delivery,
                       jsonb_build_object('type', u.type, 'file', u.file, 'bytes', u.bytes), nullif(u.agency_id, 0));
  END IF;
  RETURN QUERY SELECT u.delivery, u.type, u.format, u.file, u.agency, u.agency_id;
END $$;
