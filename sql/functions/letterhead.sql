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

-- The first letter of WRITTEN that one of the typefaces of reports lacks (Liberation Sans, Liberation
-- Serif), or null.  A test asks the fonts themselves.
CREATE FUNCTION typeface_lacks(written text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT substring(normalize(written, NFC),
    '[^\n\u0020-\u007e\u00a0-\u036f\u0374-\u0375\u037a-\u037e\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce'
    '\u03d0-\u0513\u051a-\u051d\u0591-\u05c7\u05d0-\u05ea\u05f0-\u05f4\u1d00-\u1dca\u1dfe-\u1e9b\u1e9e'
    '\u1ea0-\u1ef9\u1f00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d'
    '\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fc4\u1fc6-\u1fd3\u1fd6-\u1fdb\u1fdd-\u1fef\u1ff2-\u1ff4\u1ff6-\u1ffe'
    '\u2000-\u2010\u2012-\u2022\u2026\u202a-\u2030\u2032-\u2034\u2039-\u203a\u203c\u203e\u2044\u205e'
    '\u206a-\u206f\u2074-\u2079\u207f-\u2089\u2090-\u2094\u20a0-\u20b5\u20bf\u20f0\u2105\u2113\u2116-\u2117'
    '\u2122\u2126\u212e\u214d-\u214e\u2153-\u2154\u215b-\u215e\u2184\u2190-\u2195\u21a8\u21d4\u2202\u2206'
    '\u220f\u2211-\u2212\u2215\u2219-\u221a\u221e-\u221f\u2229\u222b\u2248\u2260-\u2262\u2264-\u2265\u2302'
    '\u2310\u2320-\u2321\u2500\u2502\u250c\u2510\u2514\u2518\u251c\u2524\u252c\u2534\u253c\u2550-\u256c\u2580'
    '\u2584\u2588\u258c\u2590-\u2593\u25a0-\u25a1\u25aa-\u25ac\u25b2\u25ba\u25bc\u25c4\u25ca-\u25cc'
    '\u25cf-\u25d9\u25e6\u263a-\u263c\u2640\u2642\u2660\u2663\u2665-\u2666\u2669-\u266c\u266f\u2c60-\u2c6d'
    '\u2c71-\u2c77\u2e17\ua717-\ua721\ua788-\ua78c\ufb01-\ufb02\ufb1d-\ufb36\ufb38-\ufb3c\ufb3e\ufb40-\ufb41'
    '\ufb43-\ufb44\ufb46-\ufb4f\ufe20-\ufe23\ufffc]')
$$;

-- What reports print is refused where it is said, not when the report is due.
CREATE FUNCTION refuse_letters(written text, what text) RETURNS void
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  lacking text := typeface_lacks(translate(written, E'\r\t', ''));   -- lines as forms send them
BEGIN
  IF lacking IS NOT NULL THEN
    RAISE EXCEPTION '% holds "%", a letter that the typeface of reports lacks', what, lacking
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;

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
    ELSIF wanted ? field THEN
      PERFORM refuse_letters(known ->> field, 'the letterhead''s ' || field);
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
