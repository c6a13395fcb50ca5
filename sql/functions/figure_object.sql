-- figure_object.sql -- one figure as JSON: the shape that API, pages, charts and reports
-- share.
--
-- A year has two thousand of them, and json_build_object() looks up the type of each of its
-- hundred arguments each time.  So what an object says of its agency, its indicator and its
-- target is written once for all figures, and the rest is put together as text.

-- It is text until the last: to read a text as JSON costs as much as to write it.

-- A value of an object.  A text is one of our own words, or a number: nothing that had to
-- be escaped.
CREATE FUNCTION json_value(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce('"' || value || '"', 'null') $$;

CREATE FUNCTION json_value(value bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce(value::text, 'null') $$;

CREATE FUNCTION json_value(value boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce(value::text, 'null') $$;

-- The members of an object without its braces, with a comma behind the last.
CREATE FUNCTION json_members(object json) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT substr(left(object::text, -1), 2) || ', ' $$;

CREATE VIEW agency_members AS
SELECT agency_id, json_members(json_build_object(
         'agency', label, 'agency_name_vi', name_vi,
         'agency_name_en', coalesce(name_en, name_vi))) AS members
  FROM agency
UNION ALL
SELECT 0, json_members(json_build_object(
         'agency', 'VN', 'agency_name_vi', 'Cả nước', 'agency_name_en', 'Viet Nam'));

CREATE VIEW indicator_members AS
SELECT slug, json_members(json_build_object(
         'indicator', slug, 'indicator_name_vi', name_vi, 'indicator_name_en', name_en,
         'number', number, 'unit_vi', unit_vi, 'unit_en', unit_en)) AS members
  FROM indicator;

CREATE VIEW target_members AS
SELECT target_id, json_members(json_build_object(
         'target_id', target_id, 'target_version', version, 'target_set', set_name,
         'clause_vi', clause_vi, 'clause_en', clause_en)) AS members
  FROM target;

-- What a figure without a target has in their place.
CREATE FUNCTION no_target_members() RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT '"target_id": null, "target_version": null, "target_set": null, "clause_vi": null, "clause_en": null, '
$$;

-- Of the nation's population, where somebody is measured no more: why.  A function of its own: one
-- expression is planned within the query that asks, a query within it would not be.
CREATE FUNCTION closed_members(population int) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT concat(', "closed": true, "note_vi": ', to_json(p.note_vi), ', "note_en": ', to_json(p.note_en))
            FROM population p WHERE p.population_id = closed_members.population);
END $$;

-- AGENCY, INDICATOR and TARGET are the members of O's, MARKS those of marks_object(), if it
-- is to have any.  Places are open only while the period is provisional.
CREATE FUNCTION figure_text(o observation, agency text, indicator text, target text, marks text)
RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT concat('{', agency, indicator, coalesce(target, no_target_members()),
    '"period": ', json_value(o.period),
    ', "numerator": ', json_value(o.numerator), ', "denominator": ', json_value(o.denominator),
    ', "provided": ', json_value(o.provided),
    ', "value": ', json_value(o.value), ', "percent": ', json_value(o.percent),
    ', "target": ', json_value(o.target), ', "target_percent": ', json_value(o.target_percent),
    ', "target_numerator": ', json_value(o.target_numerator),
    ', "target_denominator": ', json_value(o.target_denominator),
    ', "direction": ', json_value(o.direction), ', "status": ', json_value(o.status),
    ', "rank": ', json_value(o.rank), ', "tied": ', json_value(o.tied),
    ', "tie_group": ', json_value(o.tie_group),
    ', "group": ', json_value(o.ranked_group), ', "unranked_reason": ', json_value(o.unranked_reason),
    ', "coverage": ', json_value(o.coverage), ', "coverage_percent": ', json_value(o.coverage_percent),
    ', "maturity": ', json_value(o.maturity), ', "version": ', json_value(o.version),
    ', "population": {"agencies": ', json_value(o.population), ', "list": ', json_value(o.population_id),
    CASE WHEN o.note LIKE '%closed%' THEN closed_members(o.population_id) END,
    '}, "gap": ', json_value(o.gap), ', "recast": ', json_value(o.recast),
    ', "verified": ', json_value(o.verified), ', "in_population": ', json_value(o.in_population),
    ', "low": ', json_value(o.low), ', "high": ', json_value(o.high),
    ', "counts": ', coalesce(o.counts::text, 'null'),
    ', "numerator_low": ', json_value(o.numerator_low),
    ', "numerator_high": ', json_value(o.numerator_high),
    ', "bound_denominator": ', json_value(o.bound_denominator),
    ', "low_bound": ', json_value(o.low_bound), ', "high_bound": ', json_value(o.high_bound),
    ', "rank_best": ', json_value(CASE WHEN o.maturity = 'provisional' THEN o.rank_best END),
    ', "rank_worst": ', json_value(CASE WHEN o.maturity = 'provisional' THEN o.rank_worst END),
    ', "note": ', json_value(o.note), ', ' || marks, '}')
$$;

-- One figure; MARKED: with its marks.
CREATE FUNCTION live_text(o observation, marked boolean) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN figure_text(o, (SELECT members FROM agency_members a WHERE a.agency_id = o.agency_id),
                     (SELECT members FROM indicator_members i WHERE i.slug = o.indicator),
                     (SELECT members FROM target_members t WHERE t.target_id = o.target_id),
                     CASE WHEN marked THEN marks_members(marks_object(o)) END);
END $$;

CREATE FUNCTION live_object(o observation) RETURNS json
LANGUAGE sql STABLE AS $$ SELECT live_text(o, false)::json $$;

-- One that was published keeps the names and words it was published with.  Beside it stands
-- whether it is contested, and what its agency says of it (docket.sql).
CREATE FUNCTION observation_object(o observation) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN pinned() IS NULL THEN live_text(o, true)::json
              ELSE json_joined(coalesce(frozen_object(o), live_object(o)), marks_object(o)) END
$$;

-- The figures of a period, each with its object as text: the catalogue, what was published or is
-- remembered, and the marks are read once for all.  Some columns of O beside it: whoever needs no
-- more spares making it.
CREATE FUNCTION observation_objects(code text, as_of timestamptz, wanted text, recast boolean)
RETURNS TABLE (o observation, indicator text, agency text, agency_id int, verified boolean, object text)
LANGUAGE sql STABLE AS $$
  WITH a AS MATERIALIZED (SELECT * FROM agency_members),
  i AS MATERIALIZED (SELECT * FROM indicator_members),
  t AS MATERIALIZED (SELECT * FROM target_members),
  m AS MATERIALIZED (SELECT * FROM period_marks(code, coalesce(pinned(), now()))),
  k AS MATERIALIZED (      -- which are not remembered; null: none is
    SELECT CASE WHEN as_of IS NULL AND pinned() IS NULL AND NOT recast
                THEN forgotten(code, wanted) END AS fresh
  ), v AS MATERIALIZED (
    SELECT v.agency_id, v.indicator, left(v.object::text, -1) AS written
      FROM vintage_observation v WHERE v.vintage_id = (SELECT pinned_vintage(code))
    UNION ALL
    SELECT r.agency_id, r.indicator, r.written FROM k
      JOIN remembered_text r ON wanted IS NULL AND r.period = code AND r.indicator <> ALL (k.fresh)
    UNION ALL                -- a span of the key, not the whole period
    SELECT r.agency_id, r.indicator, r.written FROM k
      JOIN remembered_text r ON k.fresh = '{}' AND r.period = code AND r.indicator = wanted
  )
  SELECT f, f.indicator, f.agency, f.agency_id, f.verified,
         CASE WHEN v.written IS NULL
              THEN figure_text(f, a.members, i.members, t.members, coalesce(m.members, no_marks()))
              ELSE concat(v.written, ', ', coalesce(m.members, no_marks()), '}') END
    FROM observations_asked(code, as_of, wanted, recast) f
    LEFT JOIN a ON a.agency_id = f.agency_id
    LEFT JOIN i ON i.slug = f.indicator
    LEFT JOIN t ON t.target_id = f.target_id
    LEFT JOIN m ON m.agency_id = f.agency_id AND m.indicator = f.indicator
    LEFT JOIN v ON v.agency_id = f.agency_id AND v.indicator = f.indicator
$$;
