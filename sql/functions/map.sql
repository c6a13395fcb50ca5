-- map.sql -- one indicator over the country: provinces as equal tiles where they roughly
-- lie, ministries as a strip.

-- What the colour of a tile says: its status, its value or its rank.
CREATE OR REPLACE FUNCTION map_shown(shown text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  shown := coalesce(shown, 'status');
  IF shown NOT IN ('status', 'value', 'rank') THEN
    RAISE EXCEPTION 'a map shows status, value or rank, not "%"', shown
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN shown;
END $$;

-- Class 1 to 5 of a tile, 5 the most: fifths of 0 to 100%, or of the ranks 1 to LAST.
CREATE OR REPLACE FUNCTION map_class(o observation, shown text, last bigint) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE shown
    WHEN 'value' THEN greatest(1, least(5, 1 + floor(o.percent::numeric / 20)))::int
    WHEN 'rank' THEN 5 - (5 * (o.rank - 1) / last)::int END
$$;

-- The layout whose provinces were in force.
CREATE OR REPLACE FUNCTION map_layout(code text, recast boolean) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN ranking_day(code, recast) < date '2025-07-01' THEN '63' ELSE '34' END
$$;

CREATE OR REPLACE FUNCTION map_object(figures observation[], code text, slug text, shown text,
                           recast boolean DEFAULT false) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH drawn AS MATERIALIZED (     -- asked once, not for each tile
    SELECT map_layout(map_object.code, recast) AS layout
  ), f AS (
    SELECT o, o.agency_id, o.ranked_group, max(o.rank) OVER (PARTITION BY o.ranked_group) AS last
      FROM unnest(figures) o WHERE o.indicator = map_object.slug AND o.in_population
  ), cell AS (
    SELECT f.ranked_group, a.label, t.line, t.place, json_build_object(
             'agency', a.label, 'agency_name_vi', a.name_vi,
             'agency_name_en', coalesce(a.name_en, a.name_vi),
             'short', coalesce(t.short, regexp_replace(a.code, '^X-', '')),
             'line', t.line, 'place', t.place,
             'class', map_class(f.o, map_object.shown, f.last),
             'figure', json_joined(observation_cell(f.o), json_build_object('dispute', d.dispute))) AS body
      FROM f JOIN agency a USING (agency_id)
      LEFT JOIN period_disputes(map_object.code) d ON d.agency_id = f.agency_id AND d.indicator = map_object.slug
      LEFT JOIN tile t ON t.label = a.label AND f.ranked_group = 'province'
           AND t.layout = (SELECT d.layout FROM drawn d)
  )
  SELECT json_build_object(
    'layout', (SELECT d.layout FROM drawn d), 'show', map_object.shown,
    'by_status', map_object.shown = 'status', 'by_value', map_object.shown = 'value',
    'by_rank', map_object.shown = 'rank',
    'indicator', i.slug, 'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en, 'number', i.number,
    'short_vi', s.short_vi, 'short_en', s.short_en,
    'provinces', (SELECT coalesce(json_agg(c.body ORDER BY c.line, c.place), '[]')
                    FROM cell c WHERE c.line IS NOT NULL),
    'central', (SELECT coalesce(json_agg(c.body ORDER BY c.label COLLATE "C"), '[]')
                  FROM cell c WHERE c.ranked_group = 'central'))
    FROM indicator i LEFT JOIN indicator_short s USING (slug) WHERE i.slug = map_object.slug);
END $$;

-- Indicators that a map can show: those that agencies have figures of their own for.
CREATE OR REPLACE FUNCTION map_choices(chosen text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_agg(json_build_object('indicator', i.slug, 'indicator_name_vi', i.name_vi,
           'indicator_name_en', i.name_en, 'short_vi', s.short_vi, 'short_en', s.short_en,
           'number', i.number, 'selected', i.slug = chosen) ORDER BY i.ordinal)
    FROM indicator i JOIN indicator_short s USING (slug)
   WHERE i.slug = chosen
      OR (i.verified AND i.scope IN ('each_agency', 'each_agency_nation', 'nation_information')));
END $$;

CREATE OR REPLACE FUNCTION page_map(asked text, slug text, shown text, recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  chosen text := page_slug(coalesce(slug, 'online-filing'));
  recast_too boolean := coalesce(recast::boolean, false);
  kind text := map_shown(shown);
  figures observation[] := ARRAY(SELECT o FROM observations_asked(span, NULL, chosen, recast_too) o);
BEGIN
  RETURN (
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span), 'recast_label', recast_label(recast_too),
      'map', map_object(figures, span, chosen, kind, recast_too), 'show', kind,
      'is_recast', recast_too, 'layout', map_layout(span, recast_too),
      'choices', map_choices(chosen),
      'nation', (SELECT observation_object(o) FROM unnest(figures) o WHERE o.agency_id = 0),
      'parts', (SELECT coalesce(json_agg(json_build_object('group', g.grp, 'figures', g.figures)
                                         ORDER BY g.grp DESC), '[]')
                  FROM (SELECT o.ranked_group AS grp,
                               json_agg(observation_object(o) ORDER BY o.rank, o.agency COLLATE "C") AS figures
                          FROM unnest(figures) o WHERE o.in_population GROUP BY o.ranked_group) g)));
END $$;
