-- page_agency.sql -- one agency: where it stands, what it lacks and what would help, how its
-- rank moved, how good its data are, and what will be published when.
--
-- The figures of the period and of the one before are asked for once; everything else on
-- the page is worked out from these arrays.

-- The row that NAME means, on today's agencies where RECAST; an unknown one is not found.
CREATE FUNCTION page_agency_asked(name text, code text, recast boolean) RETURNS int
LANGUAGE plpgsql STABLE AS $$
DECLARE
  id int := agency_asked(name, code, recast);
BEGIN
  IF id IS NULL THEN
    RAISE EXCEPTION 'no agency "%" in period %', name, code USING ERRCODE = 'no_data_found';
  END IF;
  RETURN id;
END $$;

-- The targets that the Resolution sets an agency: places among countries speak of years.
CREATE FUNCTION is_own_target(o observation) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT o.target_id IS NOT NULL
     AND (o.direction <> '<=' OR (period_parts(o.period)).kind = 'year')
$$;

-- Which indicator the page takes apart: the one asked for, else the first target that is
-- not reached and can be worked at, else online filing.
CREATE FUNCTION agency_focus(own observation[], chosen text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT coalesce(CASE WHEN chosen IS NOT NULL THEN page_slug(chosen) END, (
    SELECT o.indicator FROM unnest(own) o JOIN indicator i ON i.slug = o.indicator
     WHERE is_own_target(o) AND i.kind IN ('dossier', 'service')
       AND o.status IN ('not_met', 'behind', 'undetermined')
     ORDER BY o.ordinal LIMIT 1), 'online-filing'));
END $$;

-- How many of the agency's own kind are ranked, by indicator.
CREATE FUNCTION ranked_counts(figures observation[], kind_group text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT coalesce(jsonb_object_agg(c.indicator, c.ranked), '{}')
    FROM (SELECT f.indicator, count(*) AS ranked FROM unnest(figures) f
           WHERE f.rank IS NOT NULL AND f.ranked_group = kind_group GROUP BY f.indicator) c);
END $$;

-- A row of the table of targets.  RANKED: ranked_counts(); EARLIER: the agency's figures of
-- the period before.
CREATE FUNCTION agency_target(o observation, ranked jsonb, earlier observation[]) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'figure', observation_object(o), 'covered', o.coverage = '1.000000', 'is_place', i.kind = 'survey',
    'restated', o.maturity = 'restated',
    'noted', i.number IS NOT NULL OR o.coverage <> '1.000000' OR o.maturity = 'restated' OR o.recast,
    'lacking', CASE WHEN l.turned > 0 THEN l.turned END,
    'act', CASE WHEN l.turned > 0 THEN lacking_json(l.turned, l.fewest, l.added, l.never, l.agencies, t.deadline) END,
    'pace', CASE WHEN l.turned > 0 AND pinned() IS NULL THEN (
      SELECT p FROM act_pace(o, i.kind, t.deadline) p WHERE (p ->> 'lacking')::bigint > 0) END,
    'deadline', t.deadline, 'before_deadline', t.deadline >= store_day(),
    'ranked', CASE WHEN o.rank IS NOT NULL THEN (ranked ->> o.indicator)::int END,
    'open', o.maturity = 'provisional' AND o.rank_best < o.rank_worst,
    'rank_best', o.rank_best, 'rank_worst', o.rank_worst,
    'before', (SELECT observation_cell(row(e.*)::observation) FROM unnest(earlier) e
                WHERE e.indicator = o.indicator))
    FROM indicator i
    LEFT JOIN target t ON t.target_id = o.target_id
    LEFT JOIN figure_lacking(o) l ON true
   WHERE i.slug = o.indicator);
END $$;

-- The agency's place in the peer groups it belongs to on DAY, as ranking() gives it.  RIVALS:
-- the figures of all agencies.
CREATE FUNCTION agency_peers(o observation, rivals observation[], day date) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT coalesce(json_agg(json_build_object('group', g.peer_group, 'name_vi', g.name_vi,
           'name_en', g.name_en, 'place', p.place, 'ranked', p.ranked) ORDER BY g.ordinal), '[]')
    FROM peer_member mine
    JOIN peer_group g USING (peer_group)
   CROSS JOIN LATERAL (
     SELECT 1 + count(*) FILTER (WHERE r.percent::numeric > o.percent::numeric) AS place,
            count(*) AS ranked
       FROM peer_member m JOIN unnest(rivals) r ON r.agency_id = m.agency_id
      WHERE m.peer_group = mine.peer_group AND r.rank IS NOT NULL
        AND agency_peers.day BETWEEN m.first_day AND m.last_day) p
   WHERE mine.agency_id = o.agency_id AND o.rank IS NOT NULL AND p.ranked > 1
     AND agency_peers.day BETWEEN mine.first_day AND mine.last_day);
END $$;

-- Why the rank moved; null where there is none in one of the two periods.
CREATE FUNCTION agency_move(o observation, earlier observation, rivals observation[],
                            rivals_earlier observation[], recast boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT CASE WHEN o.rank IS NOT NULL AND earlier.rank IS NOT NULL AND pinned() IS NULL THEN json_joined(
    rank_move_of(earlier.period, o.period, o.agency, o.indicator, NULL, recast, rivals_earlier,
                 rivals_earlier, rivals),
    json_build_object('kind', 'waterfall', 'width', 620, 'narrow', 340,
                      'period_name', chart_frame(o.period) -> 'period_name')) END);
END $$;

-- How many agencies of a group there are to rank on DAY: places among 63 provinces and
-- among 34 are not the same scale.
CREATE FUNCTION group_size(kind_group text, day date) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT count(*) FROM agency a
   WHERE ranked_group_of(a.kind, true) = kind_group
     AND group_size.day BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity')
     AND EXISTS (SELECT FROM populations_on(group_size.day, group_size.day) c
                  WHERE c.slug IS NULL AND (a.kind = ANY (c.kinds) OR a.agency_id = ANY (c.members))));
END $$;

-- The points of a trend, each with the number that its rank is among, marked where that is
-- another number than before.
CREATE FUNCTION ranked_among(points json, recast boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH sized AS (
    SELECT p.point, p.n, CASE WHEN p.point ->> 'group' IS NOT NULL
             THEN group_size(p.point ->> 'group', ranking_day(p.point ->> 'period', recast)) END AS size
      FROM json_array_elements(points) WITH ORDINALITY p (point, n)
  ), told AS (
    SELECT s.*, s.size <> lag(s.size) OVER (ORDER BY s.n) AS is_other FROM sized s
  )
  SELECT coalesce(json_agg(json_joined(t.point, json_build_object('among', t.size, 'among_others', t.is_other))
                           ORDER BY t.n), '[]')
    FROM told t);
END $$;

-- A figure over the last periods, as charts and their table take it, with the ranks and, where
-- there is one, the forecast.  Null where there is only one period.
CREATE FUNCTION figure_trend(code text, id int, slug text, recast boolean, forecast json,
                             known observation[], known_in text[]) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_joined(chart_frame(code, id, recast), json_build_object(
    'width', 620, 'narrow', 340, 'points', ranked_among(t.points, recast),
    'forecast', CASE WHEN forecast ->> 'percent' IS NOT NULL
                     THEN json_joined(forecast, json_build_object('period', forecast ->> 'year')) END))
    FROM trend_model(code, id, slug, 8, recast, known, known_in) AS t(points)
   WHERE json_array_length(t.points) > 1);
END $$;

CREATE FUNCTION rank_history(trend json) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'kind', 'trend', 'period_name', trend -> 'period_name', 'as_of', trend -> 'as_of',
    'sample', trend -> 'sample', 'recast', trend -> 'recast', 'agency', trend -> 'agency',
    'width', 620, 'narrow', 340,
    'title_vi', concat_ws(' – ', 'Hạng qua các kỳ: ' || (trend #>> '{points,0,indicator_name_vi}'), trend #>> '{agency,name_vi}'),
    'title_en', concat_ws(' – ', 'Rank over the periods: ' || (trend #>> '{points,0,indicator_name_en}'), trend #>> '{agency,name_en}'),
    'points', json_agg(json_build_object('period', p ->> 'period', 'value', p ->> 'rank',
                                         'of', p -> 'among', 'status', 'no_target') ORDER BY n))
    FROM json_array_elements(trend -> 'points') WITH ORDINALITY x(p, n)
  HAVING count(p ->> 'rank') > 1);
END $$;

-- How good the agency's data of a period are: what came, what was refused, what is late,
-- and how much of what it declares the office has seen.
CREATE FUNCTION agency_quality(id int, code text, recast boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  day date := period_day(code);
  days daterange := period_range(code);
  members int[] := ARRAY(SELECT * FROM members_of(id, ranking_day(code, recast)));
BEGIN
  IF id = 0 OR pinned() IS NOT NULL THEN   -- a vintage holds figures, not how they came
    RETURN NULL;
  END IF;
  RETURN (
    SELECT json_build_object(
      -- before its first record nobody knows how many there were
      'received', CASE WHEN b.began THEN coalesce(sum(t.received), 0) END,
      'settled', CASE WHEN b.began THEN coalesce(sum(t.resolved), 0) END,
      'last_day', max(t.day),
      'is_own', may_see(id),
      'refused', CASE WHEN may_see(id) THEN (
        SELECT count(*) FROM quarantine q
         WHERE q.agency_id = ANY (members) AND q.settled_by IS NULL) END,
      'mended', CASE WHEN may_see(id) THEN (
        SELECT nullif(count(*), 0) FROM quarantine q
         WHERE q.agency_id = ANY (members) AND q.settled_by IS NOT NULL) END,
      'freshness', (SELECT coalesce(json_agg(json_build_object('type', f.type,
          'last_record', f.last_record, 'last_arrival', f.last_arrival, 'expected', f.expected,
          'state', f.state) ORDER BY array_position('{dossier,service,fact,count,milestone}', f.type)), '[]')
          FROM freshness(store_as_of(), whose => id) f),
      'evidence', (SELECT coalesce(json_agg(json_build_object('type', e.type, 'declared', e.declared,
          'verified', e.verified, 'refuted', e.refuted, 'verified_percent',
          round(100 * round_fraction(e.verified, e.declared, 4, 1, 1), 2)::text) ORDER BY e.type DESC), '[]')
          FROM (SELECT d.type, count(*) AS declared, count(*) FILTER (WHERE d.found) AS verified,
                       nullif(count(*) FILTER (WHERE NOT d.found), 0) AS refuted
                  FROM declared_on(day, id) d GROUP BY d.type) e))
      FROM (SELECT EXISTS (SELECT FROM day_total x
                            WHERE x.agency_id = ANY (members) AND x.day < upper(days)) AS began) b
      LEFT JOIN day_total t ON t.agency_id = ANY (members) AND days @> t.day
     GROUP BY b.began);
END $$;

-- The agency's dated tasks, those not done first.  By its name that holds for ever: a plain
-- code means whoever has it today.
CREATE FUNCTION agency_milestones(id int) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object('name', a.code || '@' || extract(year FROM a.valid_from), 'counts', m -> 'counts', 'day', m -> 'day', 'items', (
           SELECT json_agg(i ORDER BY i ->> 'done_on' IS NOT NULL, i ->> 'due', t ->> 'task')
             FROM json_array_elements(m -> 'parts') p, json_array_elements(p -> 'tasks') t,
                  json_array_elements(t -> 'instances') i))
    FROM agency a
   CROSS JOIN milestones_model(NULL, a.code || '@' || extract(year FROM a.valid_from)) m
   WHERE a.agency_id = id AND json_array_length(m -> 'parts') > 0);
END $$;

-- What becomes of the period at hand, and what is published next by the calendar of
-- Decree 09/2019: the reporting periods whose window closes on or after the store's day.
CREATE FUNCTION publication_calendar(code text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'period', code, 'closes', period_closes(code), 'due', period_due(code),
    'state', period_state(code, office_today()), 'vintage', v.vintage_id, 'published_at', v.published_at,
    'next', (SELECT json_agg(json_build_object('period', n.period, 'opens', n.opens, 'closes', n.closes,
                 'due', n.due, 'state', n.state) ORDER BY n.closes, n.opens DESC)
               FROM (SELECT c.* FROM generate_series(0, 1) y,
                            reporting_calendar(extract(year FROM office_today())::int + y) c
                      WHERE c.closes >= office_today() AND c.opens <= office_today()
                      ORDER BY c.closes, c.opens DESC LIMIT 4) n))
    FROM (SELECT) one LEFT JOIN vintage v ON v.vintage_id = vintage_at(code, coalesce(pinned(), 'infinity')));
END $$;

-- CHOSEN: the indicator to take apart; null: agency_focus().  RECAST: on today's agencies.
CREATE FUNCTION page_agency(asked text, name text, chosen text DEFAULT NULL, recast text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  before text := period_shift(span, -1);
  recast boolean := coalesce(recast::boolean, false);
  id int := page_agency_asked(name, span, recast);
  figures observation[] := figures_of(span, recast);
  own observation[] := ARRAY(SELECT o FROM unnest(figures) o WHERE o.agency_id = id);
  focus text := agency_focus(own, chosen);
  earlier observation[] := ARRAY(
    SELECT o FROM observations_part(before, id, focus, recast) o WHERE o.verified);
  own_earlier observation[] := ARRAY(SELECT o FROM unnest(earlier) o WHERE o.agency_id = id);
  -- The figures of all agencies by the indicator that is taken apart.
  rivals observation[] := ARRAY(
    SELECT o FROM unnest(figures) o WHERE o.indicator = focus AND o.agency_id <> 0);
  rivals_earlier observation[] := ARRAY(
    SELECT o FROM unnest(earlier) o WHERE o.indicator = focus AND o.agency_id <> 0);
  ranked jsonb := ranked_counts(figures, own[1].ranked_group);
  of_focus observation;
  of_before observation;
  kind text := (SELECT i.kind FROM indicator i WHERE i.slug = focus);
  forecast json;
  trend json;
BEGIN
  SELECT o.* INTO of_focus FROM unnest(own) o WHERE o.indicator = focus;
  SELECT o.* INTO of_before FROM unnest(own_earlier) o WHERE o.indicator = focus;
  IF id <> 0 AND pinned() IS NULL AND of_focus.target_id IS NOT NULL THEN
    forecast := forecast_model(of_focus, kind, (SELECT t.deadline FROM target t
                                                 WHERE t.target_id = of_focus.target_id));
  END IF;
  trend := figure_trend(span, id, focus, recast, forecast, own || own_earlier,
                        CASE WHEN of_focus.indicator IS NOT NULL THEN ARRAY[span, before] ELSE '{}' END);
  RETURN (
    WITH line AS (
      SELECT o.ordinal, is_own_target(o) AS aimed, o.status, o.indicator, o.maturity, o.coverage,
             agency_target(o, ranked, own_earlier) AS body
        FROM unnest(own) o
    ), listed AS (
      SELECT l.* FROM line l WHERE l.aimed OR l.status <> 'no_data'
    )
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span), 'agency', agency_object(id),
      'recast_label', recast_label(recast, id = 0),
      'has_predecessors', EXISTS (SELECT FROM agency p WHERE p.successor_id = id),
      'can_recast', NOT recast AND pinned() IS NULL AND EXISTS (
        SELECT FROM agency a WHERE (a.agency_id = id AND a.successor_id IS NOT NULL)
                                OR a.successor_id = id),
      'summary', (SELECT json_build_object('targets', count(*),
          'reached', count(*) FILTER (WHERE l.status IN ('met', 'on_track')),
          'missed', count(*) FILTER (WHERE l.status IN ('not_met', 'behind')),
          'restated', nullif(count(*) FILTER (WHERE l.maturity = 'restated'), 0))
          FROM line l WHERE l.aimed),
      'overall', (SELECT json_build_object('rank', r.rank, 'tied', r.tied, 'met', r.met,
          'judged', r.judged, 'group', r.ranked_group,
          'attainment_percent', round(100 * r.attainment, 2)::text, 'ranked', r.of)
          FROM (SELECT z.*, count(z.rank) OVER (PARTITION BY z.ranked_group) AS of
                  FROM overall_ranking(span, recast, figures) z) r
         WHERE r.agency_id = id AND r.rank IS NOT NULL),
      'targets', (SELECT coalesce(json_agg(l.body ORDER BY l.ordinal), '[]') FROM listed l WHERE l.aimed),
      'others', (SELECT coalesce(json_agg(l.body ORDER BY l.ordinal), '[]') FROM listed l WHERE NOT l.aimed),
      'has_others', EXISTS (SELECT FROM listed l WHERE NOT l.aimed),
      'has_any', EXISTS (SELECT FROM line l WHERE l.status <> 'no_data'),
      'focus', (SELECT json_build_object(
          'indicator', focus, 'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en,
          'unit_vi', i.unit_vi, 'unit_en', i.unit_en,
          'body', (SELECT l.body FROM line l WHERE l.indicator = focus),
          'choices', (SELECT json_agg(json_build_object('indicator', c.slug, 'indicator_name_vi', c.name_vi,
              'indicator_name_en', c.name_en, 'selected', c.slug = focus) ORDER BY c.ordinal)
              FROM line l JOIN indicator c ON c.slug = l.indicator
             WHERE id <> 0 AND (l.aimed OR c.slug = focus)),
          'forecast', forecast,
          'peers', agency_peers(of_focus, rivals, ranking_day(span, recast)),
          'procedures', CASE WHEN of_focus.indicator IS NOT NULL AND pinned() IS NULL THEN (
            SELECT coalesce(json_agg(row_to_json(p) ORDER BY p.place), '[]')
              FROM act_procedures(of_focus, 10, recast) p) ELSE '[]' END)
          FROM indicator i WHERE i.slug = focus),
      'trend', trend, 'rank_history', rank_history(trend),
      'rank_move', agency_move(of_focus, of_before, rivals, rivals_earlier, recast),
      'quality', agency_quality(id, span, recast),
      'milestones', CASE WHEN pinned() IS NULL THEN agency_milestones(id) END,
      'calendar', publication_calendar(span)));
END $$;
