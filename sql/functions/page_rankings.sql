-- page_rankings.sql -- ministries or provinces in order, a cell for each indicator.

-- GRP is central or province; SLUG the indicator that gives the order, or overall.
-- RECAST: on today's agencies.
CREATE OR REPLACE FUNCTION page_rankings(asked text, grp text, slug text,
                                         recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
  chosen_group text := page_group(grp);
  chosen text := coalesce(slug, 'online-filing');
  recast_too boolean := coalesce(recast::boolean, false);
  figures observation[];
  answer json;
BEGIN
  IF chosen <> 'overall' THEN
    PERFORM page_slug(chosen);
  END IF;
  figures := ARRAY(SELECT f FROM observations_asked(span, NULL, NULL, recast_too) f);
  WITH o AS MATERIALIZED (
    SELECT f.* FROM unnest(figures) f WHERE f.verified AND f.agency_id <> 0
  ), earlier AS (
    SELECT b.agency_id, b.rank FROM observations_asked(period_shift(span, -1), NULL, chosen, recast_too) b
     WHERE chosen <> 'overall' AND b.rank IS NOT NULL
  ), shown_columns AS (
    SELECT i.slug, i.ordinal, i.number, i.name_vi, i.name_en, t.target_percent, t.direction
      FROM indicator i
      JOIN LATERAL (SELECT max(o.target_percent) AS target_percent, max(o.direction) AS direction
                      FROM o WHERE o.indicator = i.slug AND o.value IS NOT NULL
                       AND o.ranked_group = chosen_group
                    HAVING count(*) > 0) t ON true
     WHERE i.verified AND i.kind <> 'survey' AND i.scope <> 'share'
  ), line AS (
    SELECT a.agency_id, a.label, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en, a.region,
           r.met, r.judged, r.attainment, e.rank AS rank_before,
           CASE WHEN chosen = 'overall' THEN r.rank ELSE f.rank END AS rank,
           CASE WHEN chosen = 'overall' THEN r.tied ELSE f.tied END AS tied,
           CASE WHEN chosen = 'overall' THEN NULL ELSE f.tie_group END AS tie_group,
           f.unranked_reason, f.low, f.high, f.recast,
           CASE WHEN chosen <> 'overall' AND f.low_bound IS NOT NULL THEN f.rank_best END AS rank_best,
           CASE WHEN chosen <> 'overall' AND f.low_bound IS NOT NULL THEN f.rank_worst END AS rank_worst
      FROM agency a
      LEFT JOIN o f ON f.agency_id = a.agency_id AND f.indicator = chosen
      LEFT JOIN overall_ranking(span, recast_too, figures) r ON r.agency_id = a.agency_id
      LEFT JOIN earlier e ON e.agency_id = a.agency_id
     WHERE (f.ranked_group = chosen_group OR r.ranked_group = chosen_group)
  ), written AS (
    SELECT l.rank, l.label, json_build_object(
             'agency', l.label, 'agency_name_vi', l.name_vi, 'agency_name_en', l.name_en,
             'region', l.region, 'rank', l.rank, 'tied', coalesce(l.tied, false),
             'tie_group', l.tie_group, 'rank_before', l.rank_before,
             'risen', nullif(greatest(l.rank_before - l.rank, 0), 0),
             'fallen', nullif(greatest(l.rank - l.rank_before, 0), 0),
             'low', l.low, 'high', l.high, 'rank_best', l.rank_best,
             'rank_worst', l.rank_worst, 'open', l.rank_best < l.rank_worst, 'recast', coalesce(l.recast, false),
             'unranked_reason', CASE WHEN l.rank IS NULL THEN coalesce(l.unranked_reason, 'no_data') END,
             'met', l.met, 'judged', l.judged,
             'attainment_percent', round(100 * l.attainment, 2)::text,
             'cells', (SELECT json_agg(CASE WHEN o.agency_id IS NULL
                         THEN json_build_object('indicator', c.slug, 'agency', l.label, 'status', 'no_data')
                         ELSE observation_cell(row(o.*)::observation) END ORDER BY c.target_percent IS NULL, c.ordinal)
                         FROM shown_columns c
                         LEFT JOIN o ON o.indicator = c.slug AND o.agency_id = l.agency_id)) AS body
      FROM line l
  )
  SELECT json_build_object(
    'period', span, 'frame', page_frame(span),
    'group', chosen_group, 'is_central', chosen_group = 'central',
    'recast_label', recast_label(recast_too), 'score', score_object('targets'), 'indicator', chosen, 'is_overall', chosen = 'overall',
    'chosen', (SELECT json_build_object('indicator', i.slug, 'indicator_name_vi', i.name_vi,
        'indicator_name_en', i.name_en, 'number', i.number) FROM indicator i WHERE i.slug = chosen),
    'nation', (SELECT observation_object(v) FROM unnest(figures) v
                WHERE v.agency_id = 0 AND v.indicator = chosen),
    'columns', (SELECT coalesce(json_agg(json_build_object('indicator', c.slug, 'number', c.number,
        'indicator_name_vi', c.name_vi, 'indicator_name_en', c.name_en,
        'target', c.target_percent, 'target_percent', c.target_percent, 'direction', c.direction,
        'selected', c.slug = chosen) ORDER BY c.target_percent IS NULL, c.ordinal), '[]') FROM shown_columns c),
    'ranked', (SELECT coalesce(json_agg(w.body ORDER BY w.rank, w.label COLLATE "C"), '[]')
                 FROM written w WHERE w.rank IS NOT NULL),
    'unranked', (SELECT coalesce(json_agg(w.body ORDER BY w.label COLLATE "C"), '[]')
                 FROM written w WHERE w.rank IS NULL),
    'has_unranked', EXISTS (SELECT FROM written w WHERE w.rank IS NULL),
    'ranked_count', (SELECT count(*) FROM written w WHERE w.rank IS NOT NULL))
    INTO answer;
  RETURN answer;
END $$;
