-- figure_object.sql -- one figure as JSON: the shape that API, pages, charts and reports
-- share.
--
-- A year has two thousand of them, and json_build_object() looks up the type of each of its
-- hundred arguments each time.  So what an object says of its agency, its indicator and its
-- target is written once for all figures, and the rest is put together as text.

-- A member of an object, with the comma behind it.  The text is one of our own words, or a
-- number: nothing that had to be escaped.
CREATE FUNCTION json_member(name text, value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT '"' || name || '": ' || coalesce('"' || value || '"', 'null') || ', '
$$;

CREATE FUNCTION json_member(name text, value bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT '"' || name || '": ' || coalesce(value::text, 'null') || ', '
$$;

CREATE FUNCTION json_member(name text, value boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT '"' || name || '": ' || coalesce(value::text, 'null') || ', '
$$;

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
         'target_version', version, 'target_set', set_name,
         'clause_vi', clause_vi, 'clause_en', clause_en)) AS members
  FROM target;

-- AGENCY, INDICATOR and TARGET are the members of O's; most have no target.  Places are open
-- only while the period is provisional.
CREATE FUNCTION figure_object(o observation, agency text, indicator text, target text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT concat('{', agency, indicator,
    '"target_id": ', coalesce(to_json(o.target_id)::text, 'null'), ', ',
    coalesce(target, json_member('target_version', NULL::text) || json_member('target_set', NULL::text)
                     || json_member('clause_vi', NULL::text) || json_member('clause_en', NULL::text)),
    json_member('period', o.period),
    json_member('numerator', o.numerator), json_member('denominator', o.denominator),
    json_member('provided', o.provided),
    json_member('value', o.value), json_member('percent', o.percent),
    json_member('target', o.target), json_member('target_percent', o.target_percent),
    json_member('target_numerator', o.target_numerator),
    json_member('target_denominator', o.target_denominator),
    json_member('direction', o.direction), json_member('status', o.status),
    json_member('rank', o.rank), json_member('tied', o.tied), json_member('tie_group', o.tie_group),
    json_member('group', o.ranked_group), json_member('unranked_reason', o.unranked_reason),
    json_member('coverage', o.coverage), json_member('coverage_percent', o.coverage_percent),
    json_member('maturity', o.maturity), json_member('version', o.version),
    '"population": {', json_member('agencies', o.population),
    '"list": ', coalesce(o.population_id::text, 'null'), '}, ',
    json_member('gap', o.gap), json_member('recast', o.recast),
    json_member('verified', o.verified), json_member('in_population', o.in_population),
    json_member('low', o.low), json_member('high', o.high),
    '"counts": ', coalesce(o.counts::text, 'null'), ', ',
    json_member('numerator_low', o.numerator_low), json_member('numerator_high', o.numerator_high),
    json_member('bound_denominator', o.bound_denominator),
    json_member('low_bound', o.low_bound), json_member('high_bound', o.high_bound),
    json_member('rank_best', CASE WHEN o.maturity = 'provisional' THEN o.rank_best END),
    json_member('rank_worst', CASE WHEN o.maturity = 'provisional' THEN o.rank_worst END),
    '"note": ', coalesce('"' || o.note || '"', 'null'), '}')::json
$$;

CREATE FUNCTION live_object(o observation) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT figure_object(o, (SELECT members FROM agency_members a WHERE a.agency_id = o.agency_id),
                       (SELECT members FROM indicator_members i WHERE i.slug = o.indicator),
                       (SELECT members FROM target_members t WHERE t.target_id = o.target_id))
$$;

-- One that was published keeps the names and words it was published with.  Beside it stands
-- whether it is contested, and what its agency says of it (docket.sql).
CREATE FUNCTION observation_object(o observation) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_joined(CASE WHEN pinned() IS NULL THEN live_object(o)
                          ELSE coalesce(frozen_object(o), live_object(o)) END, marks_object(o))
$$;

-- The figures of a period, each with its object: the catalogue is read once for all.
CREATE FUNCTION observation_objects(code text, as_of timestamptz, wanted text, recast boolean)
RETURNS TABLE (o observation, object json)
LANGUAGE sql STABLE AS $$
  WITH a AS MATERIALIZED (SELECT * FROM agency_members),
  i AS MATERIALIZED (SELECT * FROM indicator_members),
  t AS MATERIALIZED (SELECT * FROM target_members)
  SELECT f, CASE WHEN pinned() IS NULL
                 THEN json_joined(figure_object(f, a.members, i.members, t.members), marks_object(f))
                 ELSE observation_object(f) END
    FROM observations_asked(code, as_of, wanted, recast) f
    LEFT JOIN a ON a.agency_id = f.agency_id
    LEFT JOIN i ON i.slug = f.indicator
    LEFT JOIN t ON t.target_id = f.target_id
$$;
