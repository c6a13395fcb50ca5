-- method.sql -- how each figure is computed, for docs/methodology.md (nq17 method).
CREATE FUNCTION method_model() RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'set', (SELECT json_build_object('name', s.set_name, 'name_vi', s.name_vi, 'name_en', s.name_en)
              FROM target_set s WHERE s.set_name = chosen_set()),
    'population', (SELECT population_object(p.population_id, NULL) FROM population p
                    WHERE p.slug IS NULL ORDER BY p.version DESC LIMIT 1),
    'indicators', (SELECT json_agg(json_build_object(
      'indicator', i.slug, 'number', i.number, 'scope', i.scope, 'kind', i.kind,
      'numerator', i.numerator, 'denominator', i.denominator, 'verified', i.verified,
      'name_vi', i.name_vi, 'name_en', i.name_en, 'unit_vi', i.unit_vi, 'unit_en', i.unit_en,
      'source', i.source, 'limits_vi', i.limits_vi, 'limits_en', i.limits_en,
      'definitions', (SELECT json_agg(json_build_object('version', d.version, 'formula', d.formula,
          'valid_from', CASE WHEN isfinite(d.valid_from) THEN d.valid_from END, 'valid_to', d.valid_to,
          'definition_vi', d.definition_vi, 'definition_en', d.definition_en,
          'reason', r.reason) ORDER BY d.version)
          FROM definition d LEFT JOIN revision r USING (revision_id) WHERE d.slug = i.slug),
      'targets', (SELECT coalesce(json_agg(json_build_object('target_id', t.target_id, 'direction', t.direction,
          'target', CASE WHEN i.kind = 'survey' THEN t.numerator::text
                         ELSE trim_scale(100 * t.numerator::numeric / t.denominator)::text || '%' END,
          'deadline', t.deadline, 'verified', t.verified, 'confidence', t.confidence,
          'clause_vi', t.clause_vi, 'clause_en', t.clause_en, 'source', t.source)
          ORDER BY t.deadline, t.version), '[]')
          FROM target t WHERE t.slug = i.slug AND t.set_name = chosen_set()),
      'variants', (SELECT coalesce(json_agg(json_build_object('variant', v.name, 'name_vi', v.name_vi,
          'name_en', v.name_en, 'definition_vi', v.definition_vi, 'definition_en', v.definition_en)
          ORDER BY v.ordinal), '[]') FROM variant v WHERE v.slug = i.slug),
      'populations', (SELECT coalesce(json_agg(population_object(p.population_id, NULL) ORDER BY p.version), '[]')
          FROM population p WHERE p.slug = i.slug AND p.note_vi <> ''))
      ORDER BY i.ordinal) FROM indicator i))
$$;
