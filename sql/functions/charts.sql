-- charts.sql -- what the charts of pages are drawn from (docs/charts.md).

-- What every chart says of itself; ID 0 or null: the nation.
CREATE FUNCTION chart_frame(code text, id int DEFAULT NULL) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'period_name', json_build_object('vi', period_name(code, 'vi'), 'en', period_name(code, 'en')),
    'as_of', store_as_of(), 'sample', store_is_sample(),
    'agency', CASE WHEN id <> 0 THEN agency_object(id) END)
$$;

-- The middle half of the agencies that have a value, for a bullet.
CREATE FUNCTION spread_of(figures observation[]) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN count(f.percent) >= 4 THEN json_build_object(
           'q1', to_char(percentile_disc(0.25) WITHIN GROUP (ORDER BY f.percent::numeric), 'FM990.00'),
           'median', to_char(percentile_disc(0.5) WITHIN GROUP (ORDER BY f.percent::numeric), 'FM990.00'),
           'q3', to_char(percentile_disc(0.75) WITHIN GROUP (ORDER BY f.percent::numeric), 'FM990.00'),
           'agencies', count(f.percent)) END
    FROM unnest(figures) f
   WHERE f.percent IS NOT NULL
$$;

-- One indicator's figures as the tiles of the map in force on the last day of CODE.
CREATE FUNCTION tiles_of(figures observation[], code text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT coalesce(json_agg(json_build_object(
           'agency', a.label, 'agency_name_vi', a.name_vi, 'agency_name_en', coalesce(a.name_en, a.name_vi),
           'short', t.short, 'line', t.line, 'place', t.place,
           'figure', observation_cell(row(f.*)::observation)) ORDER BY t.line, t.place), '[]')
    FROM unnest(figures) f
    JOIN agency a USING (agency_id)
    JOIN tile t ON t.label = a.label
     AND t.layout = CASE WHEN period_day(code) < date '2025-07-01' THEN '63' ELSE '34' END
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
