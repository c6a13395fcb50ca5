-- page_rankings.sql -- ministries or provinces in order, a cell for each indicator.

-- How rows are ordered; a minus in front turns it round.  Ranked rows stand first always.
CREATE OR REPLACE FUNCTION rankings_order(sort text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  sort := coalesce(sort, 'rank');
  IF ltrim(sort, '-') NOT IN ('rank', 'name', 'region') OR sort LIKE '--%' THEN
    RAISE EXCEPTION 'no order "%"; there are rank, name and region, turned round with a minus', sort
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN sort;
END $$;

CREATE OR REPLACE FUNCTION rankings_columns(wanted text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  wanted := coalesce(wanted, 'official');
  IF wanted NOT IN ('official', 'supporting', 'all') THEN
    RAISE EXCEPTION 'no columns "%"; there are official, supporting and all', wanted
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN wanted;
END $$;

-- The verdicts that the rows shown have; null: any.
CREATE OR REPLACE FUNCTION rankings_verdicts(wanted text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF wanted NOT IN ('missed', 'reached') THEN
    RAISE EXCEPTION 'no verdict "%"; there are missed and reached', wanted
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN CASE wanted WHEN 'missed' THEN '{not_met,behind}'::text[] WHEN 'reached' THEN '{met,on_track}' END;
END $$;

-- By the name proper, without what kind of place it is.
CREATE OR REPLACE FUNCTION name_to_sort(name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT regexp_replace(name, '^(Tỉnh|Thành phố|Bộ) ', '') $$;

-- The peer groups that provinces, or ministries, stand in that day.
CREATE OR REPLACE FUNCTION peer_choices(day date, chosen text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT coalesce(json_agg(json_build_object('peers', g.peer_group, 'name_vi', g.name_vi,
           'name_en', g.name_en, 'selected', g.peer_group = chosen) ORDER BY g.ordinal), '[]')
    FROM peer_group g
   WHERE g.peer_group = chosen
      OR EXISTS (SELECT FROM peer_member m WHERE m.peer_group = g.peer_group
                    AND peer_choices.day BETWEEN m.first_day AND m.last_day));
END $$;

-- The period that ranks are compared with: OTHER, else the one before.
CREATE OR REPLACE FUNCTION rankings_other(span text, other text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF other IS NULL THEN
    RETURN period_shift(span, -1);
  END IF;
  PERFORM period_range(other);
  RETURN other;
END $$;

-- One line of an order, whatever it orders by: an indicator, or all targets.
CREATE OR REPLACE FUNCTION ranked_lines(figures observation[], span text, grp text, slug text, recast boolean)
RETURNS TABLE (agency_id int, rank int, tied boolean, percent text, met int, judged int,
               attainment numeric, o observation)
LANGUAGE sql STABLE AS $$
  WITH own AS (
    SELECT f AS o, f.agency_id FROM unnest(figures) f WHERE f.indicator = ranked_lines.slug
  )
  SELECT a.agency_id,
         CASE WHEN ranked_lines.slug = 'overall' THEN r.rank ELSE (own.o).rank END,
         coalesce(CASE WHEN ranked_lines.slug = 'overall' THEN r.tied ELSE (own.o).tied END, false),
         CASE WHEN ranked_lines.slug = 'overall' THEN round(100 * r.attainment, 2)::text
              ELSE (own.o).percent END,
         r.met, r.judged, r.attainment, own.o
    FROM agency a
    LEFT JOIN own USING (agency_id)
    LEFT JOIN overall_ranking(span, recast, figures) r USING (agency_id)
   WHERE (own.o).ranked_group = grp OR r.ranked_group = grp
$$;

-- GRP is central or province; SLUG the indicator that ranks, or overall; PEERS a peer
-- group to show alone (ranks stay those within the kind, the place among the peers is
-- told beside them); OTHER the period to compare with; SORT the order of the rows; SHOWN
-- which columns the page prints; STATE missed or reached: only agencies with that verdict in
-- SLUG.  RECAST: on today's agencies.
CREATE OR REPLACE FUNCTION page_rankings(asked text, grp text, slug text, recast text DEFAULT NULL,
                                         peers text DEFAULT NULL, other text DEFAULT NULL,
                                         sort text DEFAULT NULL, shown text DEFAULT NULL,
                                         state text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan   -- planned once a session
SET enable_nestloop = off AS $$   -- it would loop over the array of figures
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
  chosen_group text := page_group(grp);
  chosen text := coalesce(slug, 'online-filing');
  recast_too boolean := coalesce(recast::boolean, false);
  among text := ranking_group_named(nullif(peers, ''));
  earlier_span text := rankings_other(span, nullif(other, ''));
  compares boolean := nullif(other, '') IS NOT NULL;
  chosen_sort text := rankings_order(sort);
  kept text := rankings_columns(shown);
  verdicts text[] := CASE WHEN chosen <> 'overall' THEN rankings_verdicts(nullif(state, '')) END;
  among_same boolean;   -- whom ranks are among: after a merger places have no difference
  day date := ranking_day(span, recast_too);
  figures observation[];
  earlier observation[];
  answer json;
BEGIN
  IF chosen <> 'overall' THEN
    PERFORM page_slug_of_agencies(chosen);
  END IF;
  figures := figures_of(span, recast_too);
  earlier := ARRAY(SELECT f FROM observations_asked(earlier_span, NULL,   -- compared: of every cell
                     CASE WHEN NOT compares THEN nullif(chosen, 'overall') END, recast_too) f
                    WHERE f.verified);
  among_same := (SELECT array_agg(DISTINCT f.agency_id) FROM unnest(figures) f
                  WHERE f.in_population AND f.ranked_group = chosen_group)
              = (SELECT array_agg(DISTINCT f.agency_id) FROM unnest(earlier) f
                  WHERE f.in_population AND f.ranked_group = chosen_group);
  WITH o AS MATERIALIZED (
    SELECT f.* FROM unnest(figures) f WHERE f.agency_id <> 0
  ), b AS MATERIALIZED (
    SELECT f.* FROM unnest(earlier) f WHERE compares AND f.ranked_group = chosen_group
  ), shown_columns AS (
    SELECT i.slug, i.ordinal, i.number, i.name_vi, i.name_en, s.short_vi, s.short_en,
           t.target_percent, t.direction,
           i.slug = chosen OR kept = 'all' OR s.official = (kept = 'official') AS printed
      FROM indicator i
      JOIN indicator_short s USING (slug)
      JOIN LATERAL (SELECT max(o.target_percent) AS target_percent, max(o.direction) AS direction
                      FROM o WHERE o.indicator = i.slug AND (o.value IS NOT NULL OR i.slug = chosen)
                       AND o.ranked_group = chosen_group
                    HAVING count(*) > 0 OR i.slug = chosen) t ON true
     WHERE i.slug = chosen OR (i.verified AND i.kind <> 'survey' AND i.scope <> 'share')
  ), line AS (
    SELECT a.agency_id, a.label, a.name_vi, coalesce(a.name_en, a.name_vi) AS name_en, a.region,
           name_to_sort(a.name_vi) COLLATE "vi-x-icu" AS sorted, r.rank, r.tied, r.met, r.judged, r.attainment, r.percent, r.o,
           e.rank AS rank_before, e.percent AS percent_before,
           CASE WHEN r.rank IS NOT NULL
                THEN rank() OVER (PARTITION BY r.rank IS NULL ORDER BY r.rank) END::int AS place,
           verdicts IS NULL OR coalesce((r.o).status = ANY (verdicts), false) AS is_shown
      FROM ranked_lines(figures, span, chosen_group, chosen, recast_too) r
      JOIN agency a USING (agency_id)
      LEFT JOIN ranked_lines(earlier, earlier_span, chosen_group, chosen, recast_too) e USING (agency_id)
     WHERE among IS NULL
        OR EXISTS (SELECT FROM groups_of(a.agency_id, chosen_group, among, day) g WHERE g = among)
  ), placed AS (       -- of a tie group the first, the last and how many
    SELECT l.*, (l.o).tie_group,
           row_number() OVER (ORDER BY l.rank, l.sorted, l.label COLLATE "C") AS at,
           row_number() OVER (PARTITION BY (l.o).tie_group, l.is_shown
                              ORDER BY l.rank, l.sorted, l.label COLLATE "C") AS tie_at,
           count(*) OVER (PARTITION BY (l.o).tie_group, l.is_shown) AS tie_size,
           row_number() OVER (ORDER BY
             CASE ltrim(chosen_sort, '-')
               WHEN 'region' THEN coalesce(l.region, '') WHEN 'name' THEN '' END COLLATE "vi-x-icu",
             CASE WHEN ltrim(chosen_sort, '-') <> 'rank' THEN l.sorted END,
             l.rank, l.sorted, l.label COLLATE "C") * CASE WHEN chosen_sort LIKE '-%' THEN -1 ELSE 1 END AS turn
      FROM line l
  ), d AS MATERIALIZED (
    SELECT * FROM period_disputes(span)
  ), cell_row AS (
    SELECT l.agency_id,
           json_agg(json_build_object(
                      'indicator', c.slug, 'agency', l.label, 'numerator', o.numerator,
                      'denominator', o.denominator, 'value', o.value, 'percent', o.percent,
                      'target', o.target, 'status', coalesce(o.status, 'no_data'), 'rank', o.rank,
                      'tied', o.tied, 'coverage_percent', o.coverage_percent,
                      'covered', o.coverage = '1.000000', 'recast', o.recast,
                      'unranked_reason', CASE WHEN o.rank IS NULL THEN coalesce(o.unranked_reason, 'no_data') END,
                      'maturity', o.maturity, 'tie_group', o.tie_group, 'low', o.low, 'high', o.high,
                      'peer_place', CASE WHEN among IS NOT NULL AND c.slug = chosen THEN l.place END,
                      'numerator_before', b.numerator, 'denominator_before', b.denominator,
                      'percent_before', b.percent, 'rank_before', b.rank,
                      'risen', CASE WHEN among_same THEN nullif(greatest(b.rank - o.rank, 0), 0) END,
                      'fallen', CASE WHEN among_same THEN nullif(greatest(o.rank - b.rank, 0), 0) END,
                      'printed', c.printed, 'selected', c.slug = chosen, 'dispute', d.dispute)
                    ORDER BY c.slug <> chosen, c.target_percent IS NULL, c.ordinal) AS cells
      FROM line l CROSS JOIN shown_columns c
      LEFT JOIN o ON o.indicator = c.slug AND o.agency_id = l.agency_id
      LEFT JOIN b ON b.indicator = c.slug AND b.agency_id = l.agency_id
      LEFT JOIN d ON d.indicator = c.slug AND d.agency_id = l.agency_id
     WHERE l.is_shown
     GROUP BY l.agency_id
  ), written AS (
    SELECT l.rank, l.turn, l.is_shown, json_build_object(
             'agency', l.label, 'agency_name_vi', l.name_vi, 'agency_name_en', l.name_en,
             'region', l.region, 'region_name_vi', l.region, 'region_name_en', region_english(l.region), 'rank', l.rank, 'tied', l.tied, 'place', CASE WHEN among IS NOT NULL THEN l.place END,
             'tie_group', l.tie_group, 'rank_before', l.rank_before,
             'moved', among_same AND l.rank <> l.rank_before,
             'risen', CASE WHEN among_same THEN nullif(greatest(l.rank_before - l.rank, 0), 0) END,
             'fallen', CASE WHEN among_same THEN nullif(greatest(l.rank - l.rank_before, 0), 0) END,
             'percent_before', l.percent_before, 'points', percent_points(l.percent, l.percent_before),
             'chosen_percent', l.percent, 'chosen_status', (l.o).status,
             'recast', coalesce((l.o).recast, false),
             'unranked_reason', CASE WHEN l.rank IS NULL THEN coalesce((l.o).unranked_reason, 'no_data') END,
             'met', l.met, 'judged', l.judged,
             'attainment_percent', round(100 * l.attainment, 2)::text,
             'low', (l.o).low, 'high', (l.o).high,
             'interval', CASE WHEN (l.o).low IS NOT NULL AND l.rank IS NOT NULL THEN json_build_object(
               'from', (l.o).low, 'width', ((l.o).high::numeric - (l.o).low::numeric)::text,
               'at', l.percent, 'aim', (l.o).target_percent) END,
             'low_bound_percent', round(100 * (l.o).low_bound::numeric, 2)::text,
             'high_bound_percent', round(100 * (l.o).high_bound::numeric, 2)::text,
             'bound', CASE WHEN (l.o).low_bound IS NOT NULL THEN json_build_object(
               'from', round(100 * (l.o).low_bound::numeric, 2)::text,
               'width', round(100 * ((l.o).high_bound::numeric - (l.o).low_bound::numeric), 2)::text) END,
             'rank_best', CASE WHEN (l.o).low_bound IS NOT NULL THEN (l.o).rank_best END,
             'rank_worst', CASE WHEN (l.o).low_bound IS NOT NULL THEN (l.o).rank_worst END,
             'open', (l.o).maturity = 'provisional' AND (l.o).low_bound IS NOT NULL
                     AND (l.o).rank_best < (l.o).rank_worst,
             'tie', CASE WHEN l.tie_group IS NULL OR l.tie_size < 2 THEN 'alone'
                         WHEN l.tie_at = 1 THEN 'first' WHEN l.tie_at = l.tie_size THEN 'last'
                         ELSE 'middle' END,
             'cells', k.cells) AS body
      FROM placed l LEFT JOIN cell_row k USING (agency_id)
  )
  SELECT json_build_object(
    'period', span, 'frame', page_frame(span),
    'group', chosen_group, 'is_central', chosen_group = 'central', 'is_province', chosen_group = 'province',
    'recast_label', recast_label(recast_too), 'score', score_object('targets'), 'indicator', chosen, 'is_overall', chosen = 'overall',
    'peers', among, 'peers_name', (SELECT json_build_object('vi', g.name_vi, 'en', g.name_en)
                                     FROM ranking_group g WHERE g.grp = among),
    'peer_choices', CASE WHEN chosen_group = 'province' THEN peer_choices(day, among) END,
    'compare', CASE WHEN compares THEN earlier_span END, 'compared', earlier_span,
    'compared_name', json_build_object('vi', period_name(earlier_span, 'vi'), 'en', period_name(earlier_span, 'en')),
    'compare_choices', period_choices(earlier_span),
    'sort', chosen_sort, 'columns_shown', kept,
    'sorted', json_build_object('rank', chosen_sort = 'rank', 'name', chosen_sort = 'name',
                                'region', chosen_sort = 'region', 'rank_back', chosen_sort = '-rank',
                                'name_back', chosen_sort = '-name', 'region_back', chosen_sort = '-region'),
    'shows', json_build_object('official', kept = 'official', 'supporting', kept = 'supporting', 'all', kept = 'all'),
    'chosen', indicator_named(chosen), 'counted', CASE WHEN chosen <> 'overall' THEN population_of(span, chosen) END,
    'interval_column', chosen <> 'overall' AND EXISTS (SELECT FROM written w WHERE w.rank IS NOT NULL),
    'nation', (SELECT observation_object(v) FROM unnest(figures) v
                WHERE v.agency_id = 0 AND v.indicator = chosen),
    'columns', (SELECT coalesce(json_agg(json_build_object('indicator', c.slug, 'number', c.number,
        'indicator_name_vi', c.name_vi, 'indicator_name_en', c.name_en, 'short_vi', c.short_vi,
        'short_en', c.short_en, 'printed', c.printed,
        'target', c.target_percent, 'target_percent', c.target_percent, 'direction', c.direction,
        'selected', c.slug = chosen) ORDER BY c.slug <> chosen, c.target_percent IS NULL, c.ordinal), '[]') FROM shown_columns c),
    'ranked', (SELECT coalesce(json_agg(w.body ORDER BY w.turn), '[]')
                 FROM written w WHERE w.rank IS NOT NULL AND w.is_shown),
    'unranked', (SELECT coalesce(json_agg(w.body ORDER BY w.turn), '[]')
                 FROM written w WHERE w.rank IS NULL AND w.is_shown),
    'has_unranked', EXISTS (SELECT FROM written w WHERE w.rank IS NULL AND w.is_shown),
    'state', nullif(state, ''), 'state_missed', state = 'missed', 'state_reached', state = 'reached',
    'shown_count', CASE WHEN verdicts IS NOT NULL THEN (SELECT count(*) FROM written w WHERE w.is_shown) END,
    'among_others', NOT among_same,
    'among', group_size(chosen_group, day),
    'among_before', group_size(chosen_group, ranking_day(earlier_span, recast_too)),
    'ranked_count', (SELECT count(*) FROM written w WHERE w.rank IS NOT NULL))
    INTO answer;
  RETURN answer;
END $$;

-- Why NAME's rank in SLUG moved since the period FROM_CODE, or the one before.
CREATE OR REPLACE FUNCTION page_move(asked text, name text, slug text, from_code text,
                                     recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  chosen text := page_slug(slug);
  earlier_span text := rankings_other(span, nullif(from_code, ''));
  recast_too boolean := coalesce(recast::boolean, false);
  id int := page_agency_asked(name, span, recast_too);
  move json;
BEGIN
  IF id = 0 THEN
    RAISE EXCEPTION 'the nation has no rank' USING ERRCODE = 'no_data_found';
  END IF;
  move := rank_move(earlier_span, span, name, chosen, NULL, recast_too);
  RETURN json_build_object(
    'period', span, 'frame', page_frame(span), 'recast_label', recast_label(recast_too),
    'compared', earlier_span,
    'compared_name', json_build_object('vi', period_name(earlier_span, 'vi'), 'en', period_name(earlier_span, 'en')),
    'agency', agency_named(id), 'chosen', indicator_named(chosen),
    'group', move ->> 'group', 'risen', nullif(greatest(-(move ->> 'move')::int, 0), 0),
    'fallen', nullif(greatest((move ->> 'move')::int, 0), 0),
    'points', percent_points(move #>> '{after,percent}', move #>> '{before,percent}'),
    'move', move,
    'waterfall', json_joined(move, json_joined(chart_frame(span, id, recast_too),
                                               '{"width": 640, "narrow": 340}')));
END $$;

-- The ranking as the API gives it: of an indicator, or over all targets.
CREATE OR REPLACE FUNCTION api_ranking(asked text, slug text, grp text, recast text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  chosen text := coalesce(slug, 'online-filing');
  recast_too boolean := coalesce(recast::boolean, false);
BEGIN
  IF chosen = 'overall' THEN
    RETURN score_model(span, 'targets', ranking_group_named(grp), recast_too);
  END IF;
  RETURN ranking_model(span, page_slug(chosen), ranking_group_named(grp), recast_too, NULL);
END $$;
