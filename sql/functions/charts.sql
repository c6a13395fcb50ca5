-- charts.sql -- what the charts of pages are drawn from (docs/charts.md).

-- What every chart says of itself; ID 0 or null: the nation.  RECAST: on today's agencies.
CREATE FUNCTION chart_frame(code text, id int DEFAULT NULL, recast boolean DEFAULT false) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN json_build_object(
    'period_name', json_build_object('vi', period_name(code, 'vi'), 'en', period_name(code, 'en')),
    'as_of', store_as_of(), 'sample', store_is_sample(), 'recast', recast_label(recast AND id IS DISTINCT FROM 0),
    'agency', CASE WHEN id <> 0 THEN agency_object(id) END);
END $$;

-- One indicator's figures as the tiles of the map whose provinces they are of.
CREATE FUNCTION tiles_of(figures observation[], code text, recast boolean) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT coalesce(json_agg(json_build_object(
           'agency', a.label, 'agency_name_vi', a.name_vi, 'agency_name_en', coalesce(a.name_en, a.name_vi),
           'short', t.short, 'line', t.line, 'place', t.place,
           'figure', observation_cell(row(f.*)::observation)) ORDER BY t.line, t.place), '[]')
    FROM unnest(figures) f
    JOIN agency a USING (agency_id)
    JOIN tile t ON t.label = a.label
     AND t.layout = map_layout(tiles_of.code, tiles_of.recast)
   WHERE f.ranked_group = 'province'
$$;

-- The same of the ministries, as a strip.
CREATE FUNCTION central_of(figures observation[], code text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT coalesce(json_agg(json_build_object(
           'agency', a.label, 'agency_name_vi', a.name_vi, 'agency_name_en', coalesce(a.name_en, a.name_vi),
           'short', regexp_replace(a.code, '^X-', ''),
           'figure', observation_cell(row(f.*)::observation)) ORDER BY a.label COLLATE "C"), '[]')
    FROM unnest(figures) f JOIN agency a USING (agency_id)
   WHERE f.ranked_group = 'central'
$$;

-- One indicator on the map: by value on the tint of its status, by rank, or by class.
CREATE FUNCTION map_chart(asked text, slug text, shown text, recast text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  span text := page_period(asked);
  chosen text := page_slug_of_agencies(coalesce(map_chart.slug, 'online-filing'));
  recast_too boolean := coalesce(recast::boolean, false);
  figures observation[];
BEGIN
  IF shown NOT IN ('value', 'rank', 'scale') THEN
    RAISE EXCEPTION 'no map of "%"; there are value, rank and scale', shown
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  figures := ARRAY(SELECT o FROM observations_asked(span, NULL, chosen, recast_too) o
                    WHERE o.in_population OR o.agency_id = 0);
  RETURN (
    SELECT json_joined(chart_frame(span, recast => recast_too), json_build_object(
      'kind', 'tiles', 'width', 720, 'show', coalesce(shown, 'value'),
      'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en,
      'target', (SELECT observation_object(f) FROM unnest(figures) f WHERE f.agency_id = 0),
      'tiles', tiles_of(figures, span, recast_too), 'central', central_of(figures, span)))
      FROM indicator i WHERE i.slug = chosen);
END $$;

-- The rows and columns that the page of rankings prints, as a table of tinted cells.
CREATE FUNCTION heat_of(model json) RETURNS json
LANGUAGE sql STABLE AS $$
  WITH printed AS (
    SELECT json_agg(c.value ORDER BY c.place) AS columns, array_agg(c.place ORDER BY c.place) AS places
      FROM json_array_elements(model -> 'columns') WITH ORDINALITY c(value, place)
     WHERE (c.value ->> 'printed')::boolean
  ), row AS (
    SELECT 1 AS part, a.value, a.place FROM json_array_elements(model -> 'ranked') WITH ORDINALITY a(value, place)
    UNION ALL
    SELECT 2, b.value, b.place FROM json_array_elements(model -> 'unranked') WITH ORDINALITY b(value, place)
  )
  SELECT json_joined(chart_frame(model ->> 'period', recast => model ->> 'recast_label' IS NOT NULL), json_build_object(
    'kind', 'heat', 'width', greatest(720, 260 + 90 * json_array_length(p.columns)),
    'group', model -> 'group', 'columns', p.columns,
    'peers_vi', model #> '{peers_name,vi}', 'peers_en', model #> '{peers_name,en}',
    'rows', (SELECT json_agg(json_joined(r.value, json_build_object('cells', (
                     SELECT json_agg(r.value -> 'cells' -> (n - 1)::int ORDER BY n) FROM unnest(p.places) n)))
                             ORDER BY r.part, r.place) FROM row r)))
    FROM printed p
   WHERE json_array_length(p.columns) > 0
$$;
