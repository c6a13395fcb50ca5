-- page_briefing.sql -- the wall display: the key pages, one at a time.

-- SLIDE: 1 the sentence and the targets, 2 the map, 3 first and last ten, 4 what changed
-- and who needs attention; after the last comes the first again.  ASKED goes with the model:
-- a wall that was not bound to a period moves on to the next one by itself.
CREATE FUNCTION page_briefing(asked text, slide text) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  n int := coalesce(slide, '1')::int;
  slides CONSTANT int := 4;
  chosen CONSTANT text := 'online-filing';
  figures observation[];
  few observation[];     -- of them, those that most slides look at
  before observation[];
  aims observation[];
  ranked json;
BEGIN
  IF n NOT BETWEEN 1 AND slides THEN
    RAISE EXCEPTION 'there are slides 1 to %', slides USING ERRCODE = 'no_data_found';
  END IF;
  figures := figures_of(span);
  few := ARRAY(SELECT f FROM unnest(figures) f WHERE f.agency_id = 0 OR f.indicator = chosen);
  IF n IN (1, 4) THEN
    before := ARRAY(SELECT o FROM observations_part(period_shift(span, -1), 0, chosen) o WHERE o.verified);
  END IF;
  aims := aims_of(few, span);
  IF n = 3 THEN
    SELECT json_build_object(
             'first', json_agg(observation_object(r.f) ORDER BY r.at) FILTER (WHERE r.at <= 10),
             'last', json_agg(observation_object(r.f) ORDER BY r.at) FILTER (WHERE r.at > greatest(10, r.count - 10)))
      INTO ranked
      FROM (SELECT f, row_number() OVER (ORDER BY f.rank, f.agency COLLATE "C") AS at, count(*) OVER () AS count
              FROM unnest(few) f
             WHERE f.indicator = chosen AND f.ranked_group = 'province' AND f.rank IS NOT NULL) r;
  END IF;
  RETURN json_build_object(
    'period', span, 'asked', asked, 'frame', page_frame(span), 'summary', aims_summary(aims),
    'leading', leading_object(few), 'chosen', indicator_named(chosen),
    'before_name', json_build_object('vi', period_name(period_shift(span, -1), 'vi'),
                                     'en', period_name(period_shift(span, -1), 'en')),
    'slide', json_build_object('number', n, 'count', slides, 'next', n % slides + 1,
      'is_targets', n = 1, 'is_map', n = 2, 'is_ranking', n = 3, 'is_changes', n = 4),
    'targets', CASE WHEN n = 1 THEN overview_targets(figures, aims, before) END,
    'map', CASE WHEN n = 2 THEN map_object(few, span, chosen, 'status') END,
    'ranked', ranked,
    'changes', CASE WHEN n = 4 THEN changes_between(few, before, chosen) END,
    'attention', CASE WHEN n = 4 THEN attention_list(figures, span) END,
    'freshness', CASE WHEN n = 4 THEN freshness_summary() END);
END $$;
