-- page_indicators.sql -- what is measured, and one indicator across all agencies.

-- RECAST changes nothing here, and is answered for: all figures are the nation's.
CREATE OR REPLACE FUNCTION page_indicators(asked text, recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
BEGIN
  RETURN (
    WITH line AS (
      SELECT o, o.indicator, o.ordinal, i.number IS NULL OR i.number = '26' AS supporting,
             i.definition_vi, i.definition_en
        FROM observations_part(span, 0, NULL) o JOIN indicator i ON i.slug = o.indicator
       WHERE o.verified
    )
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span),
      'recast_label', recast_label(coalesce(recast::boolean, false), true),
      'count', (SELECT count(*) FROM line),
      'parts', (SELECT json_agg(json_build_object('part',
          CASE WHEN g.supporting THEN 'supporting' ELSE 'official' END, 'rows', g.rows) ORDER BY g.supporting)
          FROM (SELECT l.supporting, json_agg(json_build_object(
                  'figure', observation_object(l.o),
                  'definition_vi', l.definition_vi, 'definition_en', l.definition_en) ORDER BY l.ordinal) AS rows
                  FROM line l GROUP BY l.supporting) g)));
END $$;

-- The verdicts of other readings beside the one in force: those that differ, and the rest.
-- None where the figures are as published, or recast.
CREATE OR REPLACE FUNCTION readings_object(nation observation) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'differ', coalesce(json_agg(r) FILTER (WHERE (r ->> 'differs')::boolean), '[]'),
    'agree', coalesce(json_agg(r) FILTER (WHERE NOT (r ->> 'differs')::boolean), '[]'))
    FROM json_array_elements(variants_json(nation)) r
  HAVING count(*) > 0);
END $$;

-- GRP: which agencies are listed; null: the provinces.  SHOWN: what the map's colours say.
-- RECAST: on today's agencies.
CREATE OR REPLACE FUNCTION page_indicator(asked text, slug text, grp text,
                                          recast text DEFAULT NULL, shown text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  chosen text := page_slug(slug);
  chosen_group text := page_group(grp);
  recast_too boolean := coalesce(recast::boolean, false);
  kind text := map_shown(shown);
  figures observation[] := ARRAY(SELECT f FROM observations_asked(span, NULL, chosen, recast_too) f);
  nation observation;
  i indicator;
  objects json[] := ARRAY(SELECT observation_object(f) FROM unnest(figures) f);   -- side by side
  rows json;
  others json;
BEGIN
  SELECT f.* INTO nation FROM unnest(figures) f WHERE f.agency_id = 0;
  others := CASE WHEN nation.agency_id IS NOT NULL THEN comparators_json(nation) END;
  SELECT x.* INTO i FROM indicator x WHERE x.slug = chosen;
  rows := (SELECT coalesce(json_agg(objects[f.ordinality] ORDER BY f.rank NULLS LAST,
                    name_to_sort(objects[f.ordinality] ->> 'agency_name_vi') COLLATE "vi-x-icu", f.agency COLLATE "C"), '[]')
             FROM unnest(figures) WITH ORDINALITY f WHERE f.ranked_group = chosen_group);
  RETURN json_joined(json_build_object(
    'period', span, 'frame', page_frame(span), 'group', chosen_group,
    'is_central', chosen_group = 'central', 'recast_label', recast_label(recast_too), 'is_recast', recast_too,
    'indicator', (SELECT json_build_object('indicator', i.slug, 'number', i.number,
        'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en, 'unit_vi', i.unit_vi,
        'unit_en', i.unit_en, 'definition_vi', d.definition_vi, 'definition_en', d.definition_en,
        'scope', i.scope, 'kind', i.kind, 'version', d.version, 'verified', i.verified,
        'formula', concat_ws(' / ', i.numerator, nullif(i.denominator, '')),
        'numerator_named', measure_named(i.numerator), 'denominator_named', measure_named(i.denominator), 'source', i.source,
        'limits_vi', nullif(i.limits_vi, ''), 'limits_en', nullif(i.limits_en, ''))
        FROM definitions_on(upper(period_range(span)) - 1) d WHERE d.slug = chosen),
    'figure', observation_object(nation), 'covered', nation.coverage = '1.000000',
    'aims', (SELECT coalesce(json_agg(json_build_object('target_id', t.target_id, 'name_vi', t.name_vi,
        'name_en', t.name_en, 'deadline', t.deadline, 'direction', t.direction,
        'target', half_up(t.numerator, t.denominator, 6)::text,
        'target_percent', CASE WHEN i.kind <> 'survey'
             THEN trim_scale(100 * t.numerator::numeric / t.denominator)::text END,
        'target_numerator', t.numerator, 'clause_vi', t.clause_vi, 'clause_en', t.clause_en,
        'confidence', t.confidence, 'source', t.source) ORDER BY t.deadline), '[]')
        FROM target t WHERE t.slug = chosen AND t.set_name = chosen_set()),
    'trend', trend_chart(span, 0, chosen),
    'ranking', CASE WHEN EXISTS (SELECT FROM unnest(figures) f WHERE f.ranked_group = chosen_group AND f.value IS NOT NULL)
      THEN json_joined(chart_frame(span, recast => recast_too),
             json_build_object('width', 620, 'group', chosen_group, 'rows', rows)) END,
    'rows', rows, 'has_agencies', i.scope <> 'nation' OR json_array_length(rows) > 0,
    -- What the table is of where there are no agencies to list.
    'alone', CASE WHEN i.scope = 'nation' AND json_array_length(rows) = 0 THEN observation_object(nation) END),
  json_build_object(
    'strip', CASE WHEN i.kind <> 'survey'
                   AND EXISTS (SELECT FROM unnest(figures) f WHERE f.in_population AND f.percent IS NOT NULL AND f.rank IS NOT NULL)
      THEN json_joined(chart_frame(span, recast => recast_too), json_build_object('width', 620, 'narrow', 340,
             'nation', observation_object(nation),
             'rows', (SELECT json_agg(objects[f.ordinality] ORDER BY f.agency COLLATE "C")
                        FROM unnest(figures) WITH ORDINALITY f WHERE f.in_population))) END,
    'counted', CASE WHEN i.scope <> 'nation' THEN population_object(nation.population_id, nation.population) END,
    'show', kind, 'map', CASE WHEN i.kind <> 'survey' AND EXISTS (SELECT FROM unnest(figures) f WHERE f.in_population AND f.denominator IS NOT NULL)
      THEN map_object(figures, span, chosen, kind, recast_too) END,
    'readings', CASE WHEN nation.agency_id IS NOT NULL AND pinned() IS NULL AND NOT recast_too
                     THEN readings_object(nation) END,
    'evidence', CASE WHEN nation.agency_id IS NOT NULL THEN evidence_json(nation, i.kind) END,
    'comparators', others, 'has_comparators', coalesce(json_array_length(others), 0) > 0));
END $$;

-- The rules, and every target of the catalogue, verified or not.
CREATE OR REPLACE FUNCTION page_method(asked text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
BEGIN
  RETURN json_build_object(
    'period', span, 'frame', page_frame(span),
    'aims', (SELECT json_agg(json_build_object('target_id', t.target_id, 'name_vi', t.name_vi,
        'name_en', t.name_en, 'deadline', t.deadline, 'direction', t.direction,
        'indicator', t.slug, 'scope', i.scope,
        'target', half_up(t.numerator, t.denominator, 6)::text,
        'target_percent', CASE WHEN i.kind <> 'survey'
             THEN trim_scale(100 * t.numerator::numeric / t.denominator)::text END,
        'target_numerator', t.numerator, 'clause_vi', t.clause_vi, 'clause_en', t.clause_en,
        'verified', t.verified AND i.verified, 'confidence', t.confidence, 'source', t.source)
        ORDER BY t.deadline, i.ordinal)
        FROM target t JOIN indicator i USING (slug) WHERE t.set_name = chosen_set()),
    'population', (SELECT json_build_object('agencies', count(*) FILTER (WHERE in_population),
        'central', count(*) FILTER (WHERE in_population AND ranked_group = 'central'),
        'provinces', count(*) FILTER (WHERE in_population AND ranked_group = 'province'))
        FROM roster(lower(period_range(span)), upper(period_range(span)), period_day(span))));
END $$;
