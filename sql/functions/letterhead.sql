-- letterhead.sql -- the letterhead of each agency: who signs, where, to whom it goes.

CREATE FUNCTION letterhead_row(id int, language text, on_day date) RETURNS letterhead
LANGUAGE sql STABLE AS $$
  SELECT l FROM letterhead l
   WHERE l.agency_id = id AND l.lang = language AND l.valid_from <= on_day
   ORDER BY l.valid_from DESC LIMIT 1
$$;

-- The one of the day: of the moment that is pinned, so that what was published keeps its own.
-- A row of the register that ended has that of the row which bears its name now.
CREATE FUNCTION letterhead_of(id int, language text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('parent', l.parent, 'name', l.name, 'symbol', l.symbol, 'place', l.place,
           'receivers', l.receivers, 'recipients', l.recipients, 'position', l.position, 'signer', l.signer)
    FROM (SELECT id AS own, 1 AS place
          UNION ALL SELECT s.agency_id, 2 FROM agency a JOIN agency s ON s.name_vi = a.name_vi AND s.valid_to IS NULL
                     WHERE a.agency_id = id AND a.valid_to IS NOT NULL) w
   CROSS JOIN LATERAL letterhead_row(w.own, language,
           (coalesce(pinned(), clock_timestamp()) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) l
   WHERE l.agency_id IS NOT NULL
   ORDER BY w.place LIMIT 1
$$;

-- A list as it was typed: names behind semicolons or on lines of their own.
CREATE FUNCTION letterhead_lines(typed text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(string_agg(trim(part), E'\n' ORDER BY place), '')
    FROM regexp_split_to_table(typed, '[;\r\n]+') WITH ORDINALITY AS x (part, place)
   WHERE trim(part) <> ''
$$;

-- WANTED holds what is to change; the rest stays as it was.  The first of an agency holds from
-- ever on, later ones from DAY, or from today.
CREATE FUNCTION letterhead_set(id int, language text, day date, wanted jsonb) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_column
DECLARE
  fields CONSTANT text[] := ARRAY['parent', 'name', 'symbol', 'place', 'receivers', 'recipients', 'position', 'signer'];
  begins date;
  known jsonb;
  field text;
BEGIN
  IF NOT coalesce(CASE WHEN id = 0 THEN may_decide() ELSE may_administer(id) OR may_decide() END, false) THEN
    PERFORM refuse_asker();
  ELSIF id IS NULL OR language NOT IN ('vi', 'en') THEN
    RAISE EXCEPTION 'a letterhead is of an agency, in vi or en' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  begins := coalesce(day, CASE WHEN EXISTS (SELECT FROM letterhead l WHERE l.agency_id = id AND l.lang = language)
                               THEN (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date ELSE '-infinity' END);
  known := coalesce(to_jsonb(letterhead_row(id, language, begins)), '{}') || jsonb_strip_nulls(wanted);
  FOREACH field IN ARRAY fields LOOP
    known := known || jsonb_build_object(field,
      CASE WHEN field IN ('receivers', 'recipients', 'position') THEN letterhead_lines(coalesce(known ->> field, ''))
           ELSE trim(regexp_replace(coalesce(known ->> field, ''), '\s+', ' ', 'g')) END);
    IF length(known ->> field) > (CASE field WHEN 'symbol' THEN 30 ELSE 1000 END) THEN
      RAISE EXCEPTION 'the letterhead''s % is too long', field USING ERRCODE = 'invalid_parameter_value';
    END IF;
  END LOOP;
  INSERT INTO letterhead (agency_id, lang, valid_from, parent, name, symbol, place, receivers, recipients,
                          position, signer, changed_by)
  VALUES (id, language, begins, known ->> 'parent', known ->> 'name', known ->> 'symbol', known ->> 'place',
          known ->> 'receivers', known ->> 'recipients', known ->> 'position', known ->> 'signer',
          coalesce(asking_user(), session_user))
  ON CONFLICT (agency_id, lang, valid_from) DO UPDATE
     SET (parent, name, symbol, place, receivers, recipients, position, signer, changed_at, changed_by)
       = (EXCLUDED.parent, EXCLUDED.name, EXCLUDED.symbol, EXCLUDED.place, EXCLUDED.receivers,
          EXCLUDED.recipients, EXCLUDED.position, EXCLUDED.signer, clock_timestamp(), EXCLUDED.changed_by);
  PERFORM log_action('letterhead', 'agency:' || coalesce((SELECT label FROM agency a WHERE a.agency_id = id), 'VN'),
                     jsonb_strip_nulls(wanted) || jsonb_build_object('lang', language, 'from', begins), nullif(id, 0));
  RETURN begins;
END $$;

-- The page that shows and changes it: of NAME, or of the first agency that who asks may change.
CREATE FUNCTION letterhead_page(note text, name text, language text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  of_lang text := CASE WHEN language = 'en' THEN 'en' ELSE 'vi' END;
  id int := coalesce(office_agency(nullif(name, '')), CASE WHEN may_decide() THEN 0 END, asking_agency());
  l letterhead := letterhead_row(id, of_lang, (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date);
BEGIN
  RETURN json_build_object('has_no_period', true, 'frame', plain_frame(), 'is_done', note = 'done',
    'can_change', CASE WHEN id = 0 THEN may_decide() ELSE may_administer(id) OR may_decide() END,
    'of', coalesce((SELECT a.label FROM agency a WHERE a.agency_id = id), 'VN'),
    'of_lang', of_lang, 'is_en', of_lang = 'en',
    'agencies', (SELECT json_agg(json_build_object('code', a.label, 'name_vi', a.name_vi,
                          'name_en', coalesce(a.name_en, a.name_vi), 'selected', a.agency_id = id)
                          ORDER BY a.agency_id <> 0, a.kind, name_to_sort(a.name_vi) COLLATE "vi-x-icu", a.label COLLATE "C")
                   FROM (SELECT agency_id, label, name_vi, name_en, kind, valid_to FROM agency
                         UNION ALL SELECT 0, 'VN', 'Cả nước', 'Viet Nam', NULL, NULL) a
                  WHERE CASE WHEN a.agency_id = 0 THEN may_decide() ELSE may_administer(a.agency_id) OR may_decide() END
                    AND coalesce(a.valid_to, 'infinity') >= (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date),
    'head', row_to_json(l),
    'history', (SELECT json_agg(json_build_object('from', CASE WHEN isfinite(h.valid_from) THEN h.valid_from END,
                         'title', h.name, 'signer', h.signer, 'changed_by', h.changed_by, 'changed_at', h.changed_at)
                         ORDER BY h.valid_from DESC)
                  FROM letterhead h WHERE h.agency_id = id AND h.lang = of_lang));
END $$;
