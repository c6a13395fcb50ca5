-- search.sql -- finding names as people type them: with marks or without, d for đ.

-- What is left of a text for comparing: small letters without marks, đ as d, single blanks.
CREATE FUNCTION fold(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT trim(regexp_replace(lower(regexp_replace(
           normalize(translate(written, 'Đđ', 'dd'), NFD), '[\u0300-\u036f]', '', 'g')), '\s+', ' ', 'g'))
$$;

-- Does TEXT, folded already, hold every word of ASKED?
CREATE FUNCTION holds_words(folded text, asked text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT NOT EXISTS (SELECT FROM string_to_table(fold(asked), ' ') word
                      WHERE strpos(folded, word) = 0)
$$;

-- Better ones first: the very code or name, then those that begin with what was asked, then
-- those where a word does.
CREATE FUNCTION search_place(folded_name text, code text, asked text) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN fold(asked) IN (folded_name, fold(code)) THEN 0
              WHEN starts_with(folded_name, fold(asked)) OR starts_with(fold(code), fold(asked)) THEN 1
              WHEN strpos(' ' || folded_name, ' ' || fold(asked)) > 0 THEN 2
              ELSE 3 END
$$;

CREATE FUNCTION search_agencies(asked text, most int) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH found AS (
    SELECT a.*, search_place(n.name, a.code, asked) AS place, count(*) OVER () AS all_found,
           row_number() OVER (ORDER BY a.valid_to IS NOT NULL, search_place(n.name, a.code, asked),
                              a.name_vi COLLATE "vi-VN-x-icu", a.label COLLATE "C") AS at
      FROM agency a
     CROSS JOIN LATERAL (SELECT fold(a.name_vi) AS name) n
     WHERE holds_words(concat_ws(' ', n.name, fold(a.name_en), fold(a.label), fold(a.region), (
             SELECT string_agg(fold(i.identifier), ' ') FROM agency_identifier i
              WHERE i.agency_id = a.agency_id)), asked)
  )
  SELECT json_build_object('count', coalesce(max(all_found), 0), 'rows', coalesce(json_agg(json_build_object(
           'agency', f.label, 'name_vi', f.name_vi, 'name_en', coalesce(f.name_en, f.name_vi), 'kind', f.kind,
           'valid_to', f.valid_to) ORDER BY f.at), '[]'))
    FROM found f WHERE f.at <= most
$$;

CREATE FUNCTION search_indicators(asked text, most int) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH found AS (
    SELECT i.*, count(*) OVER () AS all_found,
           row_number() OVER (ORDER BY search_place(fold(i.name_vi), coalesce(i.number, i.slug), asked),
                              i.ordinal) AS at
      FROM indicator i
     WHERE i.verified AND holds_words(fold(concat_ws(' ', i.name_vi, i.name_en, i.slug, i.number,
                                                     i.definition_vi, i.definition_en)), asked)
  )
  SELECT json_build_object('count', coalesce(max(all_found), 0), 'rows', coalesce(json_agg(json_build_object(
           'indicator', f.slug, 'number', f.number, 'name_vi', f.name_vi, 'name_en', f.name_en,
           'definition_vi', f.definition_vi, 'definition_en', f.definition_en) ORDER BY f.at), '[]'))
    FROM found f WHERE f.at <= most
$$;

CREATE FUNCTION search_procedures(asked text, span daterange, most int) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH found AS (
    SELECT p.*, count(*) OVER () AS all_found,
           row_number() OVER (ORDER BY search_place(fold(p.name_vi), p.procedure, asked),
                              p.name_vi COLLATE "vi-VN-x-icu", p.procedure COLLATE "C") AS at
      FROM procedures_known(search_procedures.span) p
     WHERE holds_words(fold(concat_ws(' ', p.name_vi, p.name_en, p.procedure)), asked)
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
  words text := nullif(left(fold(typed), 100), '');
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
