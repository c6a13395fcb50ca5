-- evidence.sql -- what stands behind a figure that agencies declare: which of it the
-- office saw, and what others published of the same.

-- The population of a figure, in words.
CREATE FUNCTION population_object(population_id int, agencies bigint) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object('agencies', population_object.agencies, 'list', p.population_id,
           'version', p.version, 'name_vi', p.name_vi, 'name_en', p.name_en,
           'note_vi', p.note_vi, 'note_en', p.note_en, 'closed', p.closed,
           'valid_from', CASE WHEN isfinite(p.valid_from) THEN p.valid_from END,
           'valid_to', p.valid_to, 'source', p.source)
    FROM population p WHERE p.population_id = population_object.population_id);
END $$;

-- Declared facts and services in force on DAY, each with what the office found of this
-- very version: true, false, or null where it has not looked.  A fact's own verified_by
-- counts when its batch came by the office's own hand, not over HTTP or from a folder.
-- WHOSE: an agency; null: all.
CREATE FUNCTION declared_on(day date, whose int DEFAULT NULL)
RETURNS TABLE (agency_id int, type text, key text, item text, valid_from date, value boolean,
               updated_at timestamptz, evidence_url text, found boolean, verified_by text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT x.agency_id, x.type, x.key, x.item, x.valid_from, x.value, x.updated_at, x.evidence_url,
         coalesce(v.confirmed, CASE WHEN x.claimed IS NOT NULL AND b.delivery IS NULL
                                    THEN true END),
         coalesce(v.verified_by, x.claimed)
    FROM (SELECT * FROM (
            SELECT DISTINCT ON (f.agency_id, f.fact, f.item) f.agency_id, 'fact'::text AS type,
                   f.fact AS key, f.item, f.valid_from, f.value, f.updated_at, f.evidence_url,
                   f.verified_by AS claimed, f.batch_id, f.valid_to
              FROM fact f WHERE f.valid_from <= declared_on.day
               AND (whose IS NULL OR f.agency_id = whose)
             ORDER BY f.agency_id, f.fact, f.item, f.valid_from DESC) held
           WHERE coalesce(held.valid_to, 'infinity'::date) >= declared_on.day
          UNION ALL
          SELECT s.agency_id, 'service', s.procedure, '', s.valid_from, true, s.updated_at,
                 s.evidence_url, NULL, s.batch_id, s.valid_to
            FROM services_on(declared_on.day) s WHERE whose IS NULL OR s.agency_id = whose) x
    LEFT JOIN batch b ON b.batch_id = x.batch_id
    LEFT JOIN verification v ON v.agency_id = x.agency_id AND v.type = x.type AND v.key = x.key
         AND v.item = x.item AND v.valid_from = x.valid_from AND v.updated_at = x.updated_at;
END $$;

-- Behind one figure: how many records agencies declared, how many of these the office
-- verified or refuted; for an agency's checklist, its items.
CREATE FUNCTION evidence_json(o observation, kind text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH spoken AS MATERIALIZED (    -- once, not for every record
    SELECT lower(days) AS first, upper(days) AS stop, period_day(o.period) AS day
      FROM period_range(o.period) days
  ), counted AS MATERIALIZED (
    SELECT r.agency_id FROM spoken s CROSS JOIN LATERAL roster(s.first, s.stop, s.day) r
     WHERE o.agency_id = 0 AND r.in_population
  ), behind AS (
    SELECT d.* FROM spoken s CROSS JOIN LATERAL declared_on(s.day, nullif(o.agency_id, 0)) d
     WHERE evidence_json.kind IN ('fact', 'service')
       AND ((evidence_json.kind = 'fact' AND d.type = 'fact'
             AND d.key = (SELECT i.numerator FROM indicator i WHERE i.slug = o.indicator))
            OR (evidence_json.kind = 'service' AND d.type = 'service'))
       AND (o.agency_id <> 0 OR d.agency_id IN (SELECT c.agency_id FROM counted c))
  )
  SELECT CASE WHEN kind IN ('fact', 'service') THEN (
    SELECT json_build_object('declared', count(*), 'verified', count(*) FILTER (WHERE found),
             'refuted', count(*) FILTER (WHERE NOT found),
             'verified_percent',
             round(100 * round_fraction(count(*) FILTER (WHERE found), count(*), 4, 1, 1), 2)::text,
             'items', CASE WHEN kind = 'fact' AND o.agency_id <> 0 THEN
               coalesce(json_agg(json_build_object('item', item, 'value', value, 'found', found,
                                   'verified_by', verified_by, 'evidence_url', evidence_url,
                                   'valid_from', valid_from) ORDER BY item COLLATE "C"), '[]') END)
      FROM behind) END);
END $$;

-- Notes what the office found of a fact or a service as it is in force today.
CREATE FUNCTION evidence_note(agency text, type text, key text, item text, confirmed boolean,
                              note text, by text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  seen record;
BEGIN
  SELECT d.* INTO seen FROM declared_on((now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) d
   WHERE d.agency_id = office_agency(agency) AND d.type = evidence_note.type
     AND d.key = evidence_note.key AND d.item = coalesce(evidence_note.item, '');
  IF seen IS NULL THEN
    RAISE EXCEPTION 'agency % declares no % "%" today', agency, type,
      concat_ws(' / ', key, nullif(evidence_note.item, '')) USING ERRCODE = 'no_data_found';
  END IF;
  INSERT INTO verification AS v (agency_id, type, key, item, valid_from, updated_at, confirmed,
                                 verified_by, note)
  VALUES (seen.agency_id, seen.type, seen.key, seen.item, seen.valid_from, seen.updated_at,
          confirmed, by, coalesce(evidence_note.note, ''))
  ON CONFLICT ON CONSTRAINT verification_pkey DO UPDATE SET
    (confirmed, verified_by, verified_at, note)
    = (excluded.confirmed, excluded.verified_by, clock_timestamp(), excluded.note);
  UPDATE store SET catalogue_at = clock_timestamp();
END $$;

-- ---------------------------------------------------------------- comparators

-- Figures that others published of the same agency and indicator, for periods that
-- overlap this one, and how far ours is from them in percentage points.
CREATE FUNCTION comparators_json(o observation) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT coalesce(json_agg(json_build_object(
           'period', c.period, 'same_period', c.period = o.period, 'group', nullif(c.grp, ''),
           'numerator', c.numerator, 'denominator', c.denominator,
           'percent', p.percent::text, 'value', c.value, 'publisher', c.publisher,
           'source', c.source, 'note_vi', c.note_vi, 'note_en', c.note_en,
           'difference', CASE WHEN c.period = o.period AND c.grp = ''
                              THEN (coalesce(o.percent::numeric - p.percent,
                                             o.value::numeric - c.value))::text END)
           ORDER BY (c.period = o.period) DESC, c.period COLLATE "C", c.comparator_id), '[]')
    FROM comparator c
   CROSS JOIN LATERAL (SELECT coalesce(c.percent, round(100 * round_fraction(
                         c.numerator, c.denominator, 4), 2)) AS percent) p
   WHERE c.slug = o.indicator AND c.agency_id = o.agency_id
     AND period_range(c.period) && period_range(o.period));
END $$;

-- VALUE is "45,8%", "45.8%" or, of a place, a whole number; or the two numbers are given.
CREATE FUNCTION comparator_add(indicator text, agency text, period text, printed text,
                               numerator bigint, denominator bigint, publisher text, source text,
                               note text, by text) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  number text[] := regexp_match(replace(printed, ',', '.'), '^(\d{1,9}(?:\.\d{1,6})?)(%?)$');
  id int;
  whose int := agency_in(agency, comparator_add.period);   -- a code means a row by date
BEGIN
  IF whose IS NULL THEN
    RAISE EXCEPTION 'no agency "%" in %', agency, comparator_add.period USING ERRCODE = 'no_data_found';
  END IF;
  IF NOT EXISTS (SELECT FROM indicator i WHERE i.slug = comparator_add.indicator) THEN
    RAISE EXCEPTION 'no indicator "%"', indicator USING ERRCODE = 'no_data_found';
  ELSIF printed IS NOT NULL AND number IS NULL THEN
    RAISE EXCEPTION 'a figure is written like 45.8%% or 71, not "%"', printed
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO comparator (slug, agency_id, period, numerator, denominator, percent, value,
                          publisher, source, note_vi, note_en, added_by)
  VALUES (comparator_add.indicator, whose, comparator_add.period,
          comparator_add.numerator, comparator_add.denominator,
          CASE WHEN number[2] = '%' THEN number[1]::numeric END,
          CASE WHEN number[2] = '' THEN number[1]::numeric END,
          coalesce(comparator_add.publisher, ''), comparator_add.source,
          coalesce(note, ''), coalesce(note, ''), by)
  RETURNING comparator_id INTO id;
  UPDATE store SET catalogue_at = clock_timestamp();
  RETURN id;
END $$;
