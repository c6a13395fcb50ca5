-- api.sql -- what /api/v1 answers with; figures are those of observations_model().

CREATE OR REPLACE FUNCTION api_observations(asked text, name text, slug text, unverified text,
                                            recast text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  span text := page_period(asked);
  recast_too boolean := coalesce(recast::boolean, false);
BEGIN
  IF name IS NOT NULL AND agency_asked(name, span, recast_too) IS NULL THEN
    RAISE EXCEPTION 'no agency "%" in period %', name, span USING ERRCODE = 'no_data_found';
  END IF;
  IF slug IS NOT NULL THEN
    PERFORM page_slug(slug);
  END IF;
  RETURN observations_model(span, name, slug, coalesce(unverified::boolean, false),
                            recast => recast_too);
END $$;

-- The whole register, predecessors and successors alike.
CREATE OR REPLACE FUNCTION api_agencies() RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('as_of', store_as_of(), 'agencies',
    (SELECT json_agg(json_build_object(
       'agency', a.label, 'code', a.code, 'kind', a.kind, 'name_vi', a.name_vi,
       'name_en', a.name_en, 'region', a.region, 'valid_from', a.valid_from,
       'valid_to', a.valid_to, 'successor', s.label,
       'identifiers', (SELECT coalesce(json_agg(i.identifier ORDER BY i.identifier COLLATE "C"), '[]')
                         FROM agency_identifier i WHERE i.agency_id = a.agency_id))
       ORDER BY a.label COLLATE "C")
       FROM agency a LEFT JOIN agency s ON s.agency_id = a.successor_id))
$$;

CREATE OR REPLACE FUNCTION api_indicators() RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('as_of', store_as_of(), 'indicators',
    (SELECT json_agg(json_build_object(
       'indicator', i.slug, 'number', i.number, 'kind', i.kind, 'scope', i.scope, 'tier', i.tier,
       'numerator', i.numerator, 'denominator', i.denominator, 'verified', i.verified,
       'version', d.version, 'formula', d.formula, 'name_vi', i.name_vi, 'name_en', i.name_en, 'unit_vi', i.unit_vi,
       'unit_en', i.unit_en, 'definition_vi', d.definition_vi, 'definition_en', d.definition_en)
       ORDER BY i.ordinal)
       FROM indicator i
       JOIN definitions_on((store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) d USING (slug)))
$$;

CREATE OR REPLACE FUNCTION api_targets() RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('as_of', store_as_of(), 'targets',
    (SELECT json_agg(json_build_object(
       'target_id', t.target_id, 'set', t.set_name, 'version', t.version,
       'valid_from', CASE WHEN isfinite(t.valid_from) THEN t.valid_from END, 'valid_to', t.valid_to,
       'kinds', t.kinds, 'indicator', t.slug, 'phase', t.phase, 'deadline', t.deadline,
       'direction', t.direction, 'target_numerator', t.numerator,
       'target_denominator', t.denominator, 'verified', t.verified AND i.verified,
       'confidence', t.confidence, 'name_vi', t.name_vi, 'name_en', t.name_en,
       'clause_vi', t.clause_vi, 'clause_en', t.clause_en, 'source', t.source)
       ORDER BY t.set_name, t.deadline, i.ordinal, t.version) FROM target t JOIN indicator i USING (slug)))
$$;
