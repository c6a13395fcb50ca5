-- revision.sql -- how a definition, a target or a population changes: one person drafts,
-- the preview shows what would follow, another person approves.

-- "25%", "62.5%" or "78" as a whole fraction.
CREATE FUNCTION parse_threshold(printed text, OUT numerator bigint, OUT denominator bigint)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  part text[] := regexp_match(replace(printed, ',', '.'), '^(\d{1,9})(?:\.(\d{1,6}))?(%?)$');
  scale bigint := 10 ^ length(coalesce(part[2], ''));
BEGIN
  IF part IS NULL THEN
    RAISE EXCEPTION 'a threshold is written like 25%%, 62.5%% or 78, not "%"', printed
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  numerator := part[1]::bigint * scale + coalesce(nullif(part[2], ''), '0')::bigint;
  denominator := scale * CASE WHEN part[3] = '%' THEN 100 ELSE 1 END;
END $$;

-- The last version of a target.
CREATE FUNCTION target_last(name text) RETURNS target
LANGUAGE sql STABLE AS $$
  SELECT t.* FROM target t WHERE t.line = name ORDER BY t.version DESC LIMIT 1
$$;

-- What the options of `nq17 target draft` change: columns of target.
CREATE FUNCTION target_content(wanted jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  old target := target_last(wanted ->> 'subject');
  asked_slug text := coalesce(old.slug, wanted ->> 'indicator');
  asked_set text := coalesce(wanted ->> 'set', old.set_name, 'NQ17');
  content jsonb;
BEGIN
  IF NOT EXISTS (SELECT FROM indicator i WHERE i.slug = asked_slug) THEN
    RAISE EXCEPTION 'there is no target "%"; a new one needs --indicator', wanted ->> 'subject'
      USING ERRCODE = 'no_data_found';
  ELSIF NOT EXISTS (SELECT FROM target_set s WHERE s.set_name = asked_set) THEN
    RAISE EXCEPTION 'there is no set of targets "%"', asked_set USING ERRCODE = 'no_data_found';
  ELSIF old.target_id IS NOT NULL
        AND (asked_set <> old.set_name OR asked_slug <> coalesce(wanted ->> 'indicator', asked_slug)) THEN
    RAISE EXCEPTION 'target % stays in its set and with its indicator', old.line
      USING ERRCODE = 'invalid_parameter_value';
  ELSIF old.target_id IS NULL AND NOT wanted ?& '{value,deadline}' THEN
    RAISE EXCEPTION 'a new target needs --value and --deadline' USING ERRCODE = 'invalid_parameter_value';
  ELSIF wanted ->> 'direction' NOT IN ('>=', '=', '<=') THEN
    RAISE EXCEPTION 'a direction is >=, = or <=, not "%"', wanted ->> 'direction'
      USING ERRCODE = 'invalid_parameter_value';
  ELSIF (wanted ->> 'deadline')::date <= (SELECT s.begins FROM target_set s WHERE s.set_name = asked_set) THEN
    RAISE EXCEPTION 'the set % holds for days after %: no period is left until %', asked_set,
      (SELECT s.begins FROM target_set s WHERE s.set_name = asked_set), wanted ->> 'deadline'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  content := jsonb_strip_nulls(jsonb_build_object(
    'deadline', (wanted ->> 'deadline')::date, 'direction', wanted ->> 'direction',
    'kinds', string_to_array(wanted ->> 'kinds', ',')::agency_kind[],
    'name_vi', wanted ->> 'name', 'name_en', wanted ->> 'name-en',
    'clause_vi', wanted ->> 'clause', 'clause_en', coalesce(wanted ->> 'clause-en', wanted ->> 'clause'),
    'source', wanted ->> 'source'));
  IF wanted ? 'value' THEN
    content := content || (SELECT to_jsonb(t) FROM parse_threshold(wanted ->> 'value') t);
  END IF;
  IF old.target_id IS NULL THEN      -- what a new target has where nothing is said
    content := (SELECT jsonb_build_object('phase', '', 'direction',
        CASE WHEN i.kind = 'survey' THEN '<=' ELSE '>=' END, 'denominator', 1, 'verified', true,
        'confidence', 'office', 'clause_vi', s.name_vi, 'clause_en', s.name_en, 'name_vi', i.name_vi,
        'name_en', i.name_en, 'source', s.source)
        FROM indicator i, target_set s
       WHERE i.slug = asked_slug AND s.set_name = asked_set) || content;
  END IF;
  RETURN content;
END $$;

-- The same of a definition: another formula, other words.
CREATE FUNCTION definition_content(wanted jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF coalesce(wanted ->> 'formula', 'default') <> 'default'
     AND NOT EXISTS (SELECT FROM variant v WHERE v.slug = wanted ->> 'subject'
                        AND v.name = wanted ->> 'formula') THEN
    RAISE EXCEPTION 'indicator % has no variant "%"', wanted ->> 'subject', wanted ->> 'formula'
      USING ERRCODE = 'no_data_found';
  END IF;
  RETURN jsonb_strip_nulls(jsonb_build_object('formula', wanted ->> 'formula',
    'definition_vi', wanted ->> 'definition', 'definition_en', wanted ->> 'definition-en'));
END $$;

-- The same of a population: the kinds of agencies, and agencies by name.
CREATE FUNCTION population_content(wanted jsonb, effective_from date) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  named text;
  unknown text;
BEGIN
  IF NOT wanted ?| '{kinds,members}' THEN
    RAISE EXCEPTION 'a population needs --kinds, --members or both'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT string_agg(m, ', ') INTO unknown FROM jsonb_array_elements_text(wanted -> 'members') m
   WHERE agency_on(m, effective_from) IS NULL;
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'not in the register on %: %', effective_from, unknown USING ERRCODE = 'no_data_found';
  END IF;
  named := coalesce(wanted ->> 'name', wanted ->> 'kinds', 'danh sách');
  RETURN jsonb_build_object(
    'kinds', coalesce(to_jsonb(string_to_array(wanted ->> 'kinds', ',')::agency_kind[]), '[]'),
    'members', (SELECT coalesce(jsonb_agg(DISTINCT agency_on(m, effective_from)), '[]')
                  FROM jsonb_array_elements_text(wanted -> 'members') m),
    'name_vi', named, 'name_en', coalesce(wanted ->> 'name-en', named),
    'note_vi', coalesce(wanted ->> 'reason', ''), 'note_en', coalesce(wanted ->> 'reason', ''),
    'closed', false, 'source', coalesce(wanted ->> 'source', wanted ->> 'clause', 'nq17 population'));
END $$;

-- WANTED holds the options of `nq17 target|definition|population draft`.
CREATE FUNCTION revision_draft(kind text, wanted jsonb, author text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  effective date := (wanted ->> 'from')::date;
  about text := coalesce(wanted ->> 'subject', '*');
  asked_slug text := CASE WHEN kind = 'target' THEN coalesce((target_last(about)).slug, wanted ->> 'indicator')
                    ELSE nullif(about, '*') END;
  change jsonb;
  id bigint;
BEGIN
  IF kind <> 'target' AND asked_slug IS NOT NULL
     AND NOT EXISTS (SELECT FROM indicator i WHERE i.slug = asked_slug) THEN
    RAISE EXCEPTION 'no indicator "%"', asked_slug USING ERRCODE = 'no_data_found';
  END IF;
  change := CASE kind WHEN 'target' THEN target_content(wanted)
                       WHEN 'definition' THEN definition_content(wanted)
                       ELSE population_content(wanted, effective) END;
  IF change = '{}' THEN
    RAISE EXCEPTION 'the draft changes nothing' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM refuse_letters(string_agg(w.value, ' '), 'the draft') FROM jsonb_each_text(wanted) w;
  INSERT INTO revision (kind, subject, slug, set_name, effective_from, content, clause, reason, author)
  VALUES (kind, about, asked_slug,
          CASE WHEN kind = 'target' THEN coalesce(wanted ->> 'set', (target_last(about)).set_name, 'NQ17') END,
          effective, change, coalesce(wanted ->> 'clause', ''), office_said(wanted ->> 'reason', 'a reason'),
          office_said(author, 'the name of the author'))
  RETURNING revision_id INTO id;
  RETURN id;
END $$;

-- ---------------------------------------------------------------- what it does

-- The new version is the last one with the changed columns in their place; the last one
-- ends the day before.  A change cannot go in before a later one.
CREATE FUNCTION target_apply(r revision) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  old target := target_last(r.subject);
  new target := jsonb_populate_record(old, r.content);
BEGIN
  UPDATE target SET valid_to = r.effective_from - 1 WHERE target_id = old.target_id;
  INSERT INTO target (target_id, version, slug, set_name, phase, deadline, direction, numerator,
                      denominator, verified, confidence, clause_vi, clause_en, name_vi, name_en,
                      source, kinds, valid_from, revision_id)
  VALUES (r.subject || coalesce('/' || (old.version + 1), ''), coalesce(old.version + 1, 1), r.slug,
          r.set_name, new.phase, new.deadline, new.direction, new.numerator, new.denominator,
          new.verified, new.confidence, new.clause_vi, new.clause_en, new.name_vi, new.name_en,
          new.source, new.kinds, r.effective_from, r.revision_id);
END $$;

CREATE FUNCTION definition_apply(r revision) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  old definition;
  new definition;
BEGIN
  SELECT d.* INTO old FROM definition d WHERE d.slug = r.subject ORDER BY d.version DESC LIMIT 1;
  new := jsonb_populate_record(old, r.content);
  UPDATE definition d SET valid_to = r.effective_from - 1 WHERE d.slug = r.subject AND d.version = old.version;
  INSERT INTO definition (slug, version, formula, valid_from, definition_vi, definition_en, revision_id)
  VALUES (r.subject, old.version + 1, new.formula, r.effective_from, new.definition_vi,
          new.definition_en, r.revision_id);
END $$;

CREATE FUNCTION population_apply(r revision) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  old population;
  new population;
BEGIN
  SELECT p.* INTO old FROM population p WHERE coalesce(p.slug, '*') = r.subject
   ORDER BY p.version DESC LIMIT 1;
  new := jsonb_populate_record(NULL::population, r.content);
  UPDATE population p SET valid_to = r.effective_from - 1 WHERE p.population_id = old.population_id;
  INSERT INTO population (slug, version, kinds, members, closed, valid_from, name_vi, name_en,
                          note_vi, note_en, source, revision_id)
  VALUES (r.slug, coalesce(old.version + 1, 1), new.kinds, new.members, new.closed, r.effective_from,
          new.name_vi, new.name_en, new.note_vi, new.note_en, new.source, r.revision_id);
END $$;

CREATE FUNCTION revision_apply(r revision) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF r.kind = 'target' THEN
    PERFORM target_apply(r);
  ELSIF r.kind = 'definition' THEN
    PERFORM definition_apply(r);
  ELSE
    PERFORM population_apply(r);
  END IF;
  UPDATE store SET catalogue_at = clock_timestamp();
EXCEPTION WHEN check_violation OR exclusion_violation THEN
  RAISE EXCEPTION 'a later version of % is in force from % or after; draft from a later day',
    r.subject, r.effective_from USING ERRCODE = 'invalid_parameter_value';
END $$;

CREATE FUNCTION revision_open(id bigint, kind text) RETURNS revision
LANGUAGE plpgsql AS $$
DECLARE
  r revision;
BEGIN
  SELECT * INTO r FROM revision v WHERE v.revision_id = id AND v.kind = revision_open.kind FOR UPDATE;
  IF r.revision_id IS NULL THEN
    RAISE EXCEPTION 'there is no draft % of a %', id, kind USING ERRCODE = 'no_data_found';
  ELSIF r.state <> 'draft' THEN
    RAISE EXCEPTION 'change % was % already by %', id, r.state, r.decided_by
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN r;
END $$;

CREATE FUNCTION revision_decide(id bigint, kind text, approved boolean, by text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  r revision := revision_open(id, kind);
BEGIN
  IF approved AND one_person(by, r.author) THEN
    RAISE EXCEPTION 'who drafted a change (%) does not approve it', by
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE revision SET state = CASE WHEN approved THEN 'approved' ELSE 'dropped' END,
                      decided_by = office_said(by, 'the name of who decides'),
                      decided_at = clock_timestamp()
   WHERE revision_id = id;
  IF approved THEN
    PERFORM revision_apply(r);
  END IF;
END $$;

-- ---------------------------------------------------------------- what would follow

-- The years and quarters with data on which a change from a day on can tell.
CREATE FUNCTION periods_since(day date) RETURNS TABLE (period text)
LANGUAGE sql STABLE AS $$
  WITH span AS (
    SELECT greatest(day, (SELECT min(x) FROM (
                      SELECT min(s.day) AS x FROM records_start s
                      UNION ALL SELECT min(first_day) FROM reported_count
                      UNION ALL SELECT min(valid_from) FROM service
                      UNION ALL SELECT min(valid_from) FROM fact) y)) AS first,
           (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS last
  )
  SELECT to_char(y, 'YYYY') FROM span, generate_series(date_trunc('year', first), last, '1 year') y
  UNION ALL
  SELECT to_char(q, 'YYYY-"Q"Q')
    FROM span, generate_series(date_trunc('quarter', first), last, '3 months') q
$$;

-- What of a figure a change may move, as names and printed values; '*' is the order over
-- all indicators.
CREATE FUNCTION figure_parts(code text, slug text)
RETURNS TABLE (period text, agency text, indicator text, part text, content text)
LANGUAGE sql STABLE AS $$
  SELECT o.period, o.agency, o.indicator, x.part, x.content
    FROM observations(code, wanted => slug) o
   CROSS JOIN LATERAL (VALUES ('status', o.status), ('value', o.value), ('target', o.target),
                              ('rank', o.rank::text), ('numerator', o.numerator::text),
                              ('denominator', o.denominator::text)) x(part, content)
  UNION ALL
  SELECT o.period, o.agency, o.indicator, x.part, x.content
    FROM observations(code, wanted => slug) o
   CROSS JOIN LATERAL (VALUES ('agencies', o.population::text), ('version', o.version::text)) x(part, content)
   WHERE o.agency_id = 0
  UNION ALL
  SELECT code, r.agency, '*', 'rank', r.rank::text FROM overall_ranking(code) r
$$;

-- What change ID would do, in CODE or (null) in every year and quarter: it is applied,
-- the figures are compared, and all is taken back.
CREATE FUNCTION revision_preview(id bigint, kind text, code text)
RETURNS TABLE (period text, agency text, indicator text, part text, before text, after text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  r revision := revision_open(id, kind);
  periods text[] := CASE WHEN code IS NULL
    THEN ARRAY(SELECT p.period FROM periods_since(r.effective_from) p) ELSE ARRAY[code] END;
  was jsonb;
  would jsonb;
BEGIN
  PERFORM set_config('nq17.target_set', coalesce(r.set_name, ''), true);
  SELECT jsonb_agg(to_jsonb(f)) INTO was FROM unnest(periods) p CROSS JOIN LATERAL figure_parts(p, r.slug) f;
  BEGIN
    PERFORM revision_apply(r);
    SELECT jsonb_agg(to_jsonb(f)) INTO would
      FROM unnest(periods) p CROSS JOIN LATERAL figure_parts(p, r.slug) f;
    RAISE EXCEPTION 'taken back' USING ERRCODE = 'NQ000';
  EXCEPTION WHEN SQLSTATE 'NQ000' THEN
    NULL;
  END;
  RETURN QUERY
  WITH b AS (
    SELECT * FROM jsonb_to_recordset(coalesce(was, '[]'))
               AS x(period text, agency text, indicator text, part text, content text)
  ), a AS (
    SELECT * FROM jsonb_to_recordset(coalesce(would, '[]'))
               AS x(period text, agency text, indicator text, part text, content text)
  )
  SELECT period, agency, indicator, part, b.content, a.content
    FROM b FULL JOIN a USING (period, agency, indicator, part)
   WHERE b.content IS DISTINCT FROM a.content
   ORDER BY period COLLATE "C", indicator COLLATE "C", agency COLLATE "C", part;
END $$;
