-- search.sql -- finding names as people type them: with marks or without, d for đ.

-- What is left of a text for comparing: small letters without marks (and without what nobody sees),
-- đ as d, single blanks.
CREATE FUNCTION fold(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT trim(regexp_replace(lower(regexp_replace(
           normalize(translate(written, 'Đđ', 'dd'), NFD), '[\u0300-\u036f\u00ad\u200b\u2060\ufeff]', '', 'g')), '\s+', ' ', 'g'))
$$;

-- The words of what was typed; null where there are none.  No more than a name has.  A code of a
-- procedure as portals print it is meant by its central code; "TP." stands for itself (initials).
CREATE FUNCTION folded_words(typed text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(central_code(w) ORDER BY place)
    FROM regexp_split_to_table(nullif(left(regexp_replace(fold(typed), '\mtp\. ?', 'tp ', 'g'), 100), ''), ' +')
         WITH ORDINALITY x(w, place)
   WHERE w <> ''
$$;

-- What people make of a long name: "tphcm", "bnnptnt".  "Và" has no letter in it.
CREATE FUNCTION initials(folded text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(left(w, 1), '' ORDER BY place)
    FROM regexp_split_to_table(folded, '[^a-z0-9]+') WITH ORDINALITY x(w, place)
   WHERE w <> 'va'
$$;

-- Does a folded text hold every one of WORDS?
CREATE FUNCTION holds_words(folded text, words text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT NOT EXISTS (SELECT FROM unnest(words) w WHERE strpos(folded, w) = 0)
$$;

-- The same as patterns, for thousands of texts: folded LIKE ALL (word_patterns(words)).
CREATE FUNCTION word_patterns(words text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg('%' || regexp_replace(w, '([\\%_])', '\\\1', 'g') || '%') FROM unnest(words) w
$$;

-- Better ones first: the very code or name, then those that begin with what was asked, then
-- those where a word does.  All folded.
CREATE FUNCTION search_place(name text, code text, asked text) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN asked IN (name, code) THEN 0
              WHEN starts_with(name, asked) OR starts_with(code, asked) THEN 1
              WHEN strpos(' ' || name, ' ' || asked) > 0 THEN 2
              ELSE 3 END
$$;

CREATE FUNCTION search_agencies(words text[], most int) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH folded AS MATERIALIZED (
    SELECT a.*, fold(a.name_vi) AS name, concat_ws(' ', initials(fold(a.name_vi)),
             fold(concat_ws(' ', a.name_vi, a.name_en, a.label, a.region, (
               SELECT string_agg(i.identifier, ' ') FROM agency_identifier i
                WHERE i.agency_id = a.agency_id)))) AS whole
      FROM agency a
  ), found AS (
    SELECT f.*, count(*) OVER () AS all_found,
           row_number() OVER (ORDER BY f.valid_to IS NOT NULL,
                              search_place(f.name, lower(f.code), array_to_string(words, ' ')),
                              f.name_vi COLLATE "vi-VN-x-icu", f.label COLLATE "C") AS at
      FROM folded f WHERE holds_words(f.whole, words)
  )
  SELECT json_build_object('count', coalesce(max(all_found), 0), 'rows', coalesce(json_agg(json_build_object(
           'agency', f.label, 'name_vi', f.name_vi, 'name_en', coalesce(f.name_en, f.name_vi), 'kind', f.kind,
           'valid_to', f.valid_to) ORDER BY f.at), '[]'))
    FROM found f WHERE f.at <= most
$$;

CREATE FUNCTION search_indicators(words text[], most int) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH found AS (
    SELECT i.*, count(*) OVER () AS all_found,
           row_number() OVER (ORDER BY search_place(fold(i.name_vi), lower(coalesce(i.number, i.slug)),
                                                    array_to_string(words, ' ')), i.ordinal) AS at
      FROM indicator i
     WHERE i.verified AND holds_words(fold(concat_ws(' ', i.name_vi, i.name_en, i.slug, i.number,
                                                     i.definition_vi, i.definition_en)), words)
  )
  SELECT json_build_object('count', coalesce(max(all_found), 0), 'rows', coalesce(json_agg(json_build_object(
           'indicator', f.slug, 'number', f.number, 'name_vi', f.name_vi, 'name_en', f.name_en,
           'definition_vi', f.definition_vi, 'definition_en', f.definition_en) ORDER BY f.at), '[]'))
    FROM found f WHERE f.at <= most
$$;

CREATE FUNCTION search_procedures(words text[], span daterange, most int) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH asked AS MATERIALIZED (
    SELECT word_patterns(words) AS patterns
  ), found AS (
    SELECT p.*, count(*) OVER () AS all_found,
           row_number() OVER (ORDER BY search_place(fold(p.name_vi), lower(p.procedure),
                                                    array_to_string(words, ' ')),
                              p.name_vi COLLATE "vi-VN-x-icu", p.procedure COLLATE "C") AS at
      FROM asked a, procedures_known(search_procedures.span) p
     WHERE fold(concat_ws(' ', p.name_vi, p.name_en, p.procedure)) LIKE ALL (a.patterns)
  )
  SELECT json_build_object('count', coalesce(max(all_found), 0), 'rows', coalesce(json_agg(json_build_object(
           'procedure', f.procedure, 'name_vi', f.name_vi, 'name_en', f.name_en) ORDER BY f.at), '[]'))
    FROM found f WHERE f.at <= most
$$;

-- Agencies, indicators and procedures that hold every word of what was typed.
CREATE FUNCTION page_search(asked text, typed text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  words text[] := folded_words(typed);
  agencies json;
  indicators json;
  procedures json;
BEGIN
  IF words IS NOT NULL THEN
    agencies := search_agencies(words, 20);
    indicators := search_indicators(words, 20);
    procedures := search_procedures(words, period_range(span), 20);
  END IF;
  RETURN json_build_object(
    'period', span, 'frame', page_frame(span), 'q', typed, 'has_asked', words IS NOT NULL,
    'found', coalesce((agencies ->> 'count')::int + (indicators ->> 'count')::int
                      + (procedures ->> 'count')::int, 0),
    'agencies', CASE WHEN (agencies ->> 'count')::int > 0 THEN agencies END,
    'indicators', CASE WHEN (indicators ->> 'count')::int > 0 THEN indicators END,
    'procedures', CASE WHEN (procedures ->> 'count')::int > 0 THEN procedures END);
END $$;
