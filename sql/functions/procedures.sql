-- procedures.sql -- the procedures that agencies provide, and one of them across all agencies.

-- What follows has one plan only, whatever is known of how the tables are filled: the totals of a
-- span are read agency by agency along the key (LATERAL ... OFFSET 0), and a text is looked for
-- among others in a hash table (IN ... IS TRUE, which cannot become a join).

-- Procedures of the agencies' catalogues, by their newest name.
CREATE FUNCTION procedures_served()
RETURNS TABLE (procedure text, name_vi text, name_en text, agencies bigint)
LANGUAGE sql STABLE AS $$
  WITH newest AS MATERIALIZED (     -- of each agency
    SELECT s.procedure, s.agency_id, max(s.valid_from) AS valid_from
      FROM service s GROUP BY s.procedure, s.agency_id
  ), served AS MATERIALIZED (
    SELECT n.procedure, max(array[n.valid_from - date '1970-01-01', -n.agency_id]) AS first, count(*) AS agencies
      FROM newest n GROUP BY n.procedure
  )
  SELECT n.procedure, s.name_vi, coalesce(s.name_en, s.name_vi), n.agencies
    FROM served n
   CROSS JOIN LATERAL (
     SELECT s.name_vi, s.name_en FROM service s
      WHERE s.agency_id = -n.first[2] AND s.procedure = n.procedure
        AND s.valid_from = date '1970-01-01' + n.first[1]
      OFFSET 0) s
$$;

-- The same, and those that only dossiers of SPAN name (name null).
CREATE FUNCTION procedures_known(span daterange)
RETURNS TABLE (procedure text, name_vi text, name_en text, agencies bigint)
LANGUAGE sql STABLE AS $$
  WITH served AS MATERIALIZED (SELECT * FROM procedures_served())
  SELECT * FROM served
  UNION ALL
  SELECT DISTINCT t.procedure, NULL::text, NULL::text, 0::bigint
    FROM agency a
   CROSS JOIN LATERAL (
     SELECT DISTINCT t.procedure FROM procedure_total t
      WHERE t.agency_id = a.agency_id AND t.half_month >= lower(span) AND t.half_month < upper(span)
      OFFSET 0) t
   WHERE (t.procedure NOT IN (SELECT n.procedure FROM served n)) IS TRUE
$$;

-- What was received and settled under PROCEDURES (null: under any) from FIRST on before STOP,
-- which half months tile, by procedure and the row that answers for it on DAY.  Each agency's are
-- added up as they are read: few are then sorted.
CREATE FUNCTION procedure_sums(procedures text[], first date, stop date, day date)
RETURNS TABLE (agency_id int, procedure text, received bigint, resolved bigint, resolved_online bigint,
               level4_online bigint, due_known bigint, on_time bigint)
LANGUAGE sql STABLE AS $$
  SELECT h.heir_id, t.procedure, sum(t.received)::bigint, sum(t.resolved)::bigint,
         sum(t.resolved_online)::bigint, sum(t.level4_online)::bigint, sum(t.due_known)::bigint,
         sum(t.on_time)::bigint
    FROM agency_heir h
   CROSS JOIN LATERAL (
     SELECT t.procedure, sum(t.received) AS received, sum(t.resolved) AS resolved,
            sum(t.resolved_online) AS resolved_online, sum(t.level4_online) AS level4_online,
            sum(t.due_known) AS due_known, sum(t.on_time) AS on_time
       FROM procedure_total t
      WHERE t.agency_id = h.agency_id AND t.half_month >= first AND t.half_month < stop
        AND (procedures IS NULL OR (t.procedure IN (SELECT unnest(procedures))) IS TRUE)
      GROUP BY t.procedure
      OFFSET 0) t
   WHERE procedure_sums.day BETWEEN h.first_day AND h.last_day
   GROUP BY h.heir_id, t.procedure
$$;

-- The totals of procedures lie by half months; other periods would take a look at every
-- dossier of the country.
CREATE FUNCTION procedure_period(asked text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  span text := page_period(asked);
  days daterange := period_range(span);
BEGIN
  IF extract(day FROM lower(days)) NOT IN (1, 15) OR extract(day FROM upper(days)) NOT IN (1, 15) THEN
    RAISE EXCEPTION 'procedures are compared over months, quarters, half years and years, not over %', span
      USING ERRCODE = 'invalid_parameter_value',
            HINT = (SELECT 'periods: ' || string_agg(period_code(false, k.kind, lower(days)), ', ' ORDER BY k.place)
                      FROM unnest('{month,quarter,year}'::text[]) WITH ORDINALITY k(kind, place));
  END IF;
  RETURN span;
END $$;

CREATE FUNCTION percent_of(numerator bigint, denominator bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN denominator > 0
              THEN round(100 * round_fraction(numerator, denominator, 4, 1, 1), 2)::text END
$$;

-- One procedure across all agencies, those with most dossiers first (SORT volume), or by
-- share online, on time, level or name.  Null when nobody ever named it.
CREATE FUNCTION page_procedure(asked text, wanted text, sort text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := procedure_period(asked);
  days daterange := period_range(span);
  day date := period_day(span);
  sort text := coalesce(sort, 'volume');
  named record;
BEGIN
  IF sort NOT IN ('volume', 'online', 'on_time', 'level', 'name') THEN
    RAISE EXCEPTION 'no order "%"; there are volume, online, on_time, level and name', sort
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT s.name_vi, coalesce(s.name_en, s.name_vi) AS name_en INTO named
    FROM service s WHERE s.procedure = wanted ORDER BY s.valid_from DESC, s.agency_id LIMIT 1;
  IF NOT FOUND AND NOT EXISTS (SELECT FROM procedure_total t WHERE t.procedure = wanted) THEN
    RETURN NULL;
  END IF;
  RETURN (
    WITH sums AS (
      SELECT * FROM procedure_sums(ARRAY[wanted], lower(days), upper(days), day)
    ), served AS (
      SELECT s.agency_id, s.level::text AS level
        FROM services_on(day) s JOIN agency a USING (agency_id)
       WHERE s.procedure = wanted AND day BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity')
    ), line AS (
      SELECT a.label, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en,
             CASE WHEN a.kind = 'province' THEN 'province'
                  WHEN a.kind IN ('ministry', 'ministerial_agency') THEN 'central'
                  ELSE 'other' END AS grp,
             v.level, coalesce(t.received, 0) AS received, coalesce(t.resolved, 0) AS resolved,
             coalesce(t.resolved_online, 0) AS online, coalesce(t.level4_online, 0) AS level4,
             coalesce(t.due_known, 0) AS due_known, coalesce(t.on_time, 0) AS on_time
        FROM agency a
        LEFT JOIN sums t USING (agency_id)
        LEFT JOIN served v USING (agency_id)
       WHERE t.agency_id IS NOT NULL OR v.agency_id IS NOT NULL
    ), placed AS (
      SELECT l.*, row_number() OVER (ORDER BY
               CASE sort WHEN 'volume' THEN -l.resolved::numeric
                         WHEN 'online' THEN -l.online::numeric / nullif(l.resolved, 0)
                         WHEN 'on_time' THEN -l.on_time::numeric / nullif(l.due_known, 0)
                         WHEN 'level' THEN -array_position('{1,2,3,partial,4,full}', l.level) END
                 NULLS LAST,
               l.name_vi COLLATE "vi-VN-x-icu", l.label COLLATE "C") AS at
        FROM line l
    ), whole AS (
      SELECT count(*) AS agencies, count(*) FILTER (WHERE resolved > 0) AS with_dossiers,
             count(*) FILTER (WHERE level IN ('4', 'full')) AS full_level, count(level) AS served,
             coalesce(sum(received), 0)::bigint AS received, coalesce(sum(resolved), 0)::bigint AS resolved,
             coalesce(sum(online), 0)::bigint AS online, coalesce(sum(level4), 0)::bigint AS level4,
             coalesce(sum(due_known), 0)::bigint AS due_known, coalesce(sum(on_time), 0)::bigint AS on_time
        FROM line
    )
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span), 'procedure', wanted,
      'name_vi', coalesce(named.name_vi, wanted), 'name_en', coalesce(named.name_en, wanted),
      'is_named', named.name_vi IS NOT NULL, 'sort', sort,
      'orders', (SELECT json_agg(json_build_object('order', o, 'selected', o = sort))
                   FROM unnest('{volume,online,on_time,level,name}'::text[]) o),
      'whole', (SELECT json_build_object('agencies', w.agencies, 'with_dossiers', w.with_dossiers,
          'full_level', w.full_level, 'served', w.served, 'received', w.received,
          'resolved', w.resolved, 'online', w.online, 'level4', w.level4, 'due_known', w.due_known,
          'on_time', w.on_time, 'online_percent', percent_of(w.online, w.resolved),
          'level4_percent', percent_of(w.level4, w.resolved),
          'on_time_percent', percent_of(w.on_time, w.due_known)) FROM whole w),
      'rows', (SELECT coalesce(json_agg(json_build_object('agency', p.label,
          'agency_name_vi', p.name_vi, 'agency_name_en', p.name_en, 'group', p.grp, 'level', p.level,
          'received', p.received, 'resolved', p.resolved, 'online', p.online, 'level4', p.level4,
          'due_known', p.due_known, 'on_time', p.on_time,
          'online_percent', percent_of(p.online, p.resolved),
          'level4_percent', percent_of(p.level4, p.resolved),
          'on_time_percent', percent_of(p.on_time, p.due_known)) ORDER BY p.at), '[]') FROM placed p),
      -- Each agency's share online, in one picture.
      'distribution', (SELECT json_joined(chart_frame(span), json_build_object(
          'kind', 'strip', 'width', 900, 'narrow', 340,
          'title_vi', 'Tỷ lệ trực tuyến: ' || coalesce(named.name_vi, wanted),
          'title_en', 'Share online: ' || coalesce(named.name_en, wanted),
          'rows', json_agg(json_build_object('indicator', 'online-filing', 'agency', p.label,
            'agency_name_vi', p.name_vi, 'agency_name_en', p.name_en, 'group', p.grp,
            'numerator', p.online, 'denominator', p.resolved,
            'percent', percent_of(p.online, p.resolved), 'status', 'no_target')
            ORDER BY p.label COLLATE "C")))
          FROM placed p WHERE p.resolved > 0 AND p.grp <> 'other' HAVING count(*) > 2)));
END $$;

-- A page of all procedures, those that most agencies offer first and then in Vietnamese
-- order, or of those that hold every word of TYPED.
CREATE FUNCTION page_procedures(asked text, typed text, number text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := procedure_period(asked);
  days daterange := period_range(span);
  words text[] := folded_words(typed);
  patterns text[] := word_patterns(words);
  most constant int := 50;
  at int := 1;
BEGIN
  IF number !~ '^[1-9]\d{0,4}$' THEN
    RAISE EXCEPTION 'no page "%"', number USING ERRCODE = 'invalid_parameter_value';
  END IF;
  at := coalesce(number::int, 1);
  RETURN (
    WITH sums AS MATERIALIZED (      -- of all: some procedures only dossiers name
      SELECT s.procedure, count(*) AS agencies, sum(s.resolved)::bigint AS resolved,
             sum(s.resolved_online)::bigint AS online, sum(s.due_known)::bigint AS due_known,
             sum(s.on_time)::bigint AS on_time
        FROM procedure_sums(NULL, lower(days), upper(days), period_day(span)) s
       GROUP BY s.procedure
    ), served AS MATERIALIZED (
      SELECT * FROM procedures_served()
    ), known AS (
      SELECT * FROM served
      UNION ALL
      SELECT s.procedure, NULL, NULL, 0 FROM sums s
       WHERE (s.procedure NOT IN (SELECT n.procedure FROM served n)) IS TRUE
    ), found AS (
      SELECT k.*, count(*) OVER () AS all_found,
             row_number() OVER (ORDER BY k.agencies DESC, k.name_vi COLLATE "vi-VN-x-icu" NULLS LAST,
                                k.procedure COLLATE "C") AS place
        FROM known k
       WHERE words IS NULL OR fold(concat_ws(' ', k.name_vi, k.name_en, k.procedure)) LIKE ALL (patterns)
    ), shown AS MATERIALIZED (
      SELECT * FROM found WHERE place > (at - 1) * most AND place <= at * most
    )
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span), 'q', typed, 'has_asked', words IS NOT NULL,
      'count', coalesce(max(s.all_found), (SELECT count(*) FROM found)), 'number', at,
      'previous', CASE WHEN at > 1 THEN at - 1 END,
      'following', CASE WHEN max(s.all_found) > at * most THEN at + 1 END,
      'rows', coalesce(json_agg(json_build_object('procedure', s.procedure, 'name_vi', s.name_vi,
          'name_en', s.name_en, 'agencies', s.agencies, 'with_dossiers', coalesce(t.agencies, 0),
          'resolved', coalesce(t.resolved, 0), 'online', coalesce(t.online, 0),
          'online_percent', percent_of(t.online, t.resolved),
          'due_known', coalesce(t.due_known, 0), 'on_time', coalesce(t.on_time, 0),
          'on_time_percent', percent_of(t.on_time, t.due_known)) ORDER BY s.place), '[]'))
      FROM shown s LEFT JOIN sums t USING (procedure));
END $$;

-- The catalogue for programs, by code; `next` is what AFTER is for the page that follows.
CREATE FUNCTION api_procedures(typed text, name text, after text, most text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  words text[] := folded_words(typed);
  id int := CASE WHEN name IS NOT NULL THEN page_agency_id(name, page_period(NULL)) END;
  many int;
BEGIN
  IF most !~ '^\d{1,4}$' OR most::int NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'limit is a number from 1 to 1000' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  many := coalesce(most::int, 100);
  RETURN (
    WITH found AS (
      SELECT DISTINCT ON (s.procedure COLLATE "C") s.procedure, s.name_vi,
             coalesce(s.name_en, s.name_vi) AS name_en, s.agency_id, s.level::text AS level, s.valid_from
        FROM service s
       WHERE (id IS NULL OR s.agency_id = id)
         AND (after IS NULL OR s.procedure COLLATE "C" > after COLLATE "C")
         AND (words IS NULL OR holds_words(fold(concat_ws(' ', s.name_vi, s.name_en, s.procedure)), words))
       ORDER BY s.procedure COLLATE "C", s.valid_from DESC, s.agency_id
       LIMIT many + 1
    ), page AS (
      SELECT f.*, row_number() OVER (ORDER BY f.procedure COLLATE "C") AS at FROM found f
    )
    SELECT json_build_object('as_of', store_as_of(), 'sample', store_is_sample(),
      'procedures', coalesce(json_agg(json_build_object('procedure', p.procedure,
          'name_vi', p.name_vi, 'name_en', p.name_en,
          'agencies', (SELECT count(DISTINCT s.agency_id) FROM service s WHERE s.procedure = p.procedure),
          'level', CASE WHEN id IS NOT NULL THEN p.level END) ORDER BY p.at) FILTER (WHERE p.at <= many), '[]'),
      'next', CASE WHEN count(*) > many THEN max(p.procedure COLLATE "C") FILTER (WHERE p.at = many) END)
      FROM page p);
END $$;
