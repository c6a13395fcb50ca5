-- page_indicators.sql -- what is measured, and one indicator across all agencies.

CREATE OR REPLACE FUNCTION page_indicators(asked text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
BEGIN
  RETURN (
    WITH line AS (
      SELECT o AS figure, o.ordinal, i.number IS NULL OR i.number = '26' AS supporting, i.definition_vi, i.definition_en
        FROM observations(span) o JOIN indicator i ON i.slug = o.indicator
       WHERE o.agency_id = 0 AND o.verified
    )
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span),
      'count', (SELECT count(*) FROM line),
      'parts', (SELECT json_agg(json_build_object('part',
          CASE WHEN g.supporting THEN 'supporting' ELSE 'official' END, 'rows', g.rows) ORDER BY g.supporting)
          FROM (SELECT l.supporting, json_agg(json_build_object(
                  'figure', observation_object(l.figure),
                  'definition_vi', l.definition_vi, 'definition_en', l.definition_en) ORDER BY l.ordinal) AS rows
                  FROM line l GROUP BY l.supporting) g)));
END $$;

-- GRP: which agencies are listed; null: the provinces.  RECAST: on today's agencies.
CREATE OR REPLACE FUNCTION page_indicator(asked text, slug text, grp text,
                                          recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
  chosen text := page_slug(slug);
  chosen_group text := page_group(grp);
  recast_too boolean := coalesce(recast::boolean, false);
  answer json;
BEGIN
  WITH o AS MATERIALIZED (
    SELECT f.* FROM observations_asked(span, NULL, chosen, recast_too) f
  ),
  listed AS (
    SELECT json_agg(observation_object(row(o.*)::observation)
                    ORDER BY o.rank NULLS LAST, o.agency COLLATE "C") AS rows,
           count(o.value) AS valued
      FROM o WHERE o.ranked_group = chosen_group
  )
  SELECT json_build_object(
    'period', span, 'frame', page_frame(span), 'group', chosen_group,
    'is_central', chosen_group = 'central', 'recast_label', recast_label(recast_too),
    'indicator', (SELECT json_build_object('indicator', i.slug, 'number', i.number,
        'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en, 'unit_vi', i.unit_vi,
        'unit_en', i.unit_en, 'definition_vi', i.definition_vi, 'definition_en', i.definition_en,
        'scope', i.scope, 'kind', i.kind, 'version', d.version, 'verified', i.verified)
        FROM indicator i JOIN definitions_on(upper(period_range(span)) - 1) d USING (slug)
       WHERE i.slug = chosen),
    'figure', (SELECT observation_object(row(o.*)::observation) FROM o WHERE o.agency_id = 0),
    'covered', (SELECT o.coverage = '1.000000' FROM o WHERE o.agency_id = 0),
    'aims', (SELECT coalesce(json_agg(json_build_object('target_id', t.target_id, 'name_vi', t.name_vi,
        'name_en', t.name_en, 'deadline', t.deadline, 'direction', t.direction,
        'target', half_up(t.numerator, t.denominator, 6)::text,
        'target_percent', CASE WHEN i.kind <> 'survey'
             THEN trim_scale(100 * t.numerator::numeric / t.denominator)::text END,
        'target_numerator', t.numerator, 'clause_vi', t.clause_vi, 'clause_en', t.clause_en,
        'confidence', t.confidence, 'source', t.source) ORDER BY t.deadline), '[]')
        FROM target t JOIN indicator i USING (slug)
       WHERE t.slug = chosen AND t.set_name = chosen_set()),
    'trend', trend_chart(span, 0, chosen),
    'ranking', (SELECT CASE WHEN l.valued > 0 THEN json_build_object(
        'period_name', json_build_object('vi', period_name(span, 'vi'), 'en', period_name(span, 'en')),
        'as_of', store_as_of(), 'sample', store_is_sample(), 'agency', NULL,
        'recast_label', recast_label(recast_too), 'width', 620, 'group', chosen_group, 'rows', l.rows) END FROM listed l),
    'rows', (SELECT coalesce(l.rows, '[]') FROM listed l))
    INTO answer;
  RETURN answer;
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
