-- page_explain.sql -- one figure, taken apart.

-- Batches are counted from the dossiers, one by one: on the page without being asked only
-- where that is quick.
CREATE FUNCTION few_dossiers(id int, code text, recast boolean) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT coalesce(sum(t.received), 0) <= 20000 FROM day_total t
   WHERE t.agency_id = ANY (ARRAY(SELECT * FROM members_of(id, ranking_day(code, recast)))));
END $$;

-- What a figure was in each vintage of its period up to the moment that is pinned, oldest
-- first, and what it is now, with the causes of each change.  Null where nothing was published.
CREATE FUNCTION figure_history(code text, id int, slug text, today observation) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH line AS (
    SELECT v.vintage_id, v.published_at, v.sha256, jsonb_populate_record(NULL::observation, f.line) AS o
      FROM vintage v
      JOIN vintage_observation f ON f.vintage_id = v.vintage_id AND f.agency_id = id
                                AND f.indicator = figure_history.slug
     WHERE v.period = code AND v.published_at <= coalesce(pinned(), 'infinity')
    UNION ALL
    SELECT NULL, NULL, NULL, today WHERE pinned() IS NULL AND (today).indicator IS NOT NULL
  ), told AS (
    SELECT l.*, lag(l.vintage_id) OVER by_time IS NOT NULL AS follows,
           lag(l.vintage_id) OVER by_time IS NOT NULL AND differs(lag(l.o) OVER by_time, l.o) AS changed
      FROM line l WINDOW by_time AS (ORDER BY l.published_at NULLS LAST)
  )
  SELECT json_agg(json_build_object(
           'vintage', t.vintage_id, 'published_at', t.published_at, 'sha256', left(t.sha256, 12),
           'numerator', (t.o).numerator, 'denominator', (t.o).denominator, 'percent', (t.o).percent,
           'value', (t.o).value, 'status', (t.o).status, 'rank', (t.o).rank,
           'changed', t.changed,
           'causes', (SELECT json_agg(c) FROM json_array_elements(w.causes) c
                       WHERE (c ->> 'to')::bigint IS NOT DISTINCT FROM t.vintage_id),
           'same', t.follows AND NOT t.changed) ORDER BY t.published_at NULLS LAST)
    FROM told t
   CROSS JOIN (SELECT CASE WHEN bool_or(c.changed)
                           THEN figure_causes(code, max((c.o).agency), figure_history.slug) END AS causes
                 FROM told c) w
  HAVING count(t.vintage_id) > 0);
END $$;

-- What was last published of a figure, and what it is now where that differs; null where it
-- does not.  HISTORY: figure_history().
CREATE FUNCTION figure_restated(history json) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
  SELECT json_build_object('was', history -> (json_array_length(history) - 2), 'is_now', n.line,
                           'causes', n.line -> 'causes')
    FROM (SELECT history -> -1 AS line) n
   WHERE json_array_length(history) > 1 AND (n.line ->> 'changed')::boolean
     AND n.line ->> 'vintage' IS NULL
$$;

-- The versions of the definition and of the targets of an indicator, the newest first.
CREATE FUNCTION indicator_versions(slug text, spoken observation) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'definitions', (SELECT json_agg(json_build_object('version', d.version,
        'valid_from', CASE WHEN isfinite(d.valid_from) THEN d.valid_from END, 'valid_to', d.valid_to,
        'reason', r.reason, 'used', d.version = (spoken).version) ORDER BY d.version DESC)
        FROM definition d LEFT JOIN revision r USING (revision_id) WHERE d.slug = indicator_versions.slug),
    'targets', (SELECT json_agg(json_build_object('target_id', t.target_id, 'version', t.version,
        'direction', t.direction, 'deadline', t.deadline, 'target', t.target_id,
        'target_percent', CASE WHEN i.kind <> 'survey'
                               THEN trim_scale(100 * t.numerator::numeric / t.denominator)::text END,
        'target_numerator', t.numerator, 'clause_vi', t.clause_vi, 'clause_en', t.clause_en,
        'used', t.target_id = (spoken).target_id) ORDER BY t.deadline DESC, t.version DESC)
        FROM target t JOIN indicator i USING (slug)
       WHERE t.slug = indicator_versions.slug AND t.set_name = chosen_set() AND t.verified)));
END $$;

-- The comparison with the target as it is made: on whole numbers, multiplied out.
CREATE FUNCTION figure_comparison(o observation) RETURNS json
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'left', o.numerator::numeric * d.divisor_d, 'right', n.divisor_n::numeric * o.denominator,
    'times_left', d.divisor_d, 'times_right', n.divisor_n, 'numerator', o.numerator,
    'denominator', o.denominator,
    'sign', CASE WHEN o.numerator::numeric * d.divisor_d > n.divisor_n::numeric * o.denominator THEN '>'
                 WHEN o.numerator::numeric * d.divisor_d < n.divisor_n::numeric * o.denominator THEN '<'
                 ELSE '=' END)
    FROM (SELECT gcd(o.target_numerator, o.target_denominator) AS g) x,
 LATERAL (SELECT o.target_denominator / g AS divisor_d) d,
 LATERAL (SELECT o.target_numerator / g AS divisor_n) n
   WHERE o.denominator > 0 AND o.target_denominator > 0 AND o.direction <> '<='
     AND (o.agency_id <> 0 OR o.counts IS NULL));   -- else the verdict is made of the agencies'
END $$;

-- What of a figure over dossiers no procedure brought: totals told for spans before the records,
-- or beyond them.  Null: nothing.  PROCEDURES: those of explain().
CREATE FUNCTION figure_rest(o observation, kind text, procedures json) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('numerator', o.numerator - p.n, 'denominator', o.denominator - p.d,
                           'provided', o.provided - p.known)
    FROM (SELECT coalesce(sum((x ->> 'numerator')::bigint), 0)::bigint AS n,
                 coalesce(sum((x ->> 'denominator')::bigint), 0)::bigint AS d,
                 coalesce(sum((x ->> 'provided')::bigint), 0)::bigint AS known
            FROM json_array_elements(procedures) x) p
   WHERE kind = 'dossier' AND o.agency_id <> 0 AND pinned() IS NULL
     AND (o.numerator, o.denominator) <> (p.n, p.d)
$$;

-- The lines of an export, which add up to the figure: the agencies of the nation's, else the
-- procedures and what no procedure brought, else the figure itself.
CREATE FUNCTION figure_lines(o observation, whole json, rest json) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT coalesce((
    SELECT json_agg(json_build_object('agency', x -> 'agency', 'agency_name_vi', x -> 'name_vi',
                                      'agency_name_en', x -> 'name_en', 'name_vi', NULL, 'name_en', NULL,
                                      'numerator', x -> 'numerator', 'denominator', x -> 'denominator',
                                      'percent', x -> 'percent', 'status', x -> 'status'))
      FROM json_array_elements(coalesce(nullif((whole -> 'agencies')::text, 'null')::json, '[]')) x), (
    SELECT json_agg(json_joined(figure.names, json_joined(x.line, '{"status": null}')) ORDER BY x.place)
      FROM (SELECT p.value AS line, p.place FROM json_array_elements(whole -> 'procedures') WITH ORDINALITY p(value, place)
            UNION ALL
            SELECT json_joined(rest, '{"procedure": null, "name_vi": null, "name_en": null, "percent": null}'), 1000000
             WHERE rest IS NOT NULL) x), (
    SELECT json_build_array(json_joined(figure.names, json_build_object('name_vi', NULL, 'name_en', NULL,
      'numerator', o.numerator, 'denominator', o.denominator, 'provided', o.provided,
      'percent', o.percent, 'status', o.status)))))
    FROM (SELECT json_build_object('agency', a.agency, 'agency_name_vi', a.agency_name_vi,
                                   'agency_name_en', a.agency_name_en) AS names
            FROM json_to_record(whole -> 'observation')
                 AS a(agency text, agency_name_vi text, agency_name_en text)) figure
$$;

-- BATCHES: those too, though it takes a look at every dossier.  RECAST: on today's agencies.
CREATE FUNCTION page_explain(asked text, name text, slug text, batches text DEFAULT NULL,
                             recast text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  recast boolean := coalesce(recast::boolean, false);
  id int := page_agency_asked(name, span, recast);
  chosen text := page_slug(slug);
  whole json;
  o observation;
  forecast json;
  trend json;
  evidence json;
  history json;
  rest json;
BEGIN
  SELECT f.* INTO o FROM observations_asked(span, NULL, chosen, recast) f WHERE f.agency_id = id;
  -- Without a target there is no verdict that another reading could change.
  whole := explain_pinned(span, name, chosen,
                          o.target_id IS NOT NULL,
                          coalesce(batches::boolean, few_dossiers(id, span, recast)), recast, o);
  IF whole IS NULL THEN
    RAISE EXCEPTION 'no figure of "%" for "%" in period %', chosen, name, span
      USING ERRCODE = 'no_data_found';
  END IF;
  IF pinned() IS NULL THEN
    evidence := CASE WHEN o.target_id IS NOT NULL THEN whole -> 'evidence'
                     ELSE evidence_json(o, whole ->> 'kind') END;
  END IF;
  IF id <> 0 AND pinned() IS NULL AND o.target_id IS NOT NULL THEN
    forecast := forecast_model(o, whole ->> 'kind', (whole -> 'target' ->> 'deadline')::date);
  END IF;
  trend := figure_trend(span, id, chosen, recast, forecast, ARRAY[o], ARRAY[span]);
  rest := figure_rest(o, whole ->> 'kind', whole -> 'procedures');
  IF NOT recast AND vintage_at(span, 'infinity') IS NOT NULL THEN
    history := figure_history(span, id, chosen, o);
  END IF;
  RETURN (
    SELECT json_build_object(
      'period', span, 'frame', page_frame(span), 'agency', agency_object(id),
      'recast_label', recast_label(recast, id = 0), 'recast_agencies', recast_label(recast AND id = 0),
      'numerator_named', measure_named(whole ->> 'numerator_measure'),
      'denominator_named', measure_named(whole ->> 'denominator_measure'),
      'explain', whole, 'counted', whole -> 'population', 'towards', whole -> 'target_path',
      'is_marked', coalesce(whole -> 'observation' ->> 'dispute' IS NOT NULL
                            OR json_array_length(whole -> 'observation' -> 'notes') > 0, false),
      'missing', nullif(o.denominator - o.provided, 0),
      'covered', o.coverage = '1.000000',
      'lacking', CASE WHEN (l.turned) > 0 THEN l.turned END,
      'act', CASE WHEN l.turned > 0 THEN
        lacking_json(l.turned, l.fewest, l.added, l.never, l.agencies, (whole -> 'target' ->> 'deadline')::date) END,
      'deadline', whole -> 'target' ->> 'deadline',
      'before_deadline', (whole -> 'target' ->> 'deadline')::date >= store_day(),
      'forecast', forecast,
      'comparison', figure_comparison(o),
      -- Between which values it lies while something is missing.
      'bounds', bounds_json(o),
      'open', o.maturity = 'provisional' AND o.rank_best < o.rank_worst,
      'rank_best', o.rank_best, 'rank_worst', o.rank_worst,
      'unreconciled', coalesce(o.note LIKE '%unreconciled%', false),
      'records_begin', coalesce(o.note LIKE '%records_begin%', false),
      'over_whole', coalesce(o.note LIKE '%over_whole%', false),
      'differing', (SELECT json_agg(v) FROM json_array_elements(coalesce(nullif((whole -> 'variants')::text, 'null')::json, '[]')) v
                    WHERE (v ->> 'differs')::boolean),
      'proof', CASE WHEN (evidence ->> 'declared')::int > 0 THEN
        (SELECT to_json(evidence::jsonb || jsonb_build_object('refuted',
           nullif((evidence ->> 'refuted')::int, 0)))) END,
      'is_place', whole ->> 'kind' = 'survey',
      'rest', rest, 'indicator', chosen, 'lines', figure_lines(o, whole, rest),
      'has_agencies', coalesce(json_typeof(whole -> 'agencies') = 'array'
                               AND json_array_length(whole -> 'agencies') > 0, false),
      'has_procedures', json_array_length(whole -> 'procedures') > 0,
      'has_breakdown', json_array_length(whole -> 'breakdown') > 0,
      'has_members', json_array_length(whole -> 'members') > 0,
      'has_batches', CASE json_typeof(whole -> 'batches') WHEN 'array'
        THEN json_array_length(whole -> 'batches') > 0 ELSE false END,
      -- what batches brought beyond those listed
      'older_batches', CASE WHEN whole ->> 'kind' = 'dossier' AND json_typeof(whole -> 'batches') = 'array'
        THEN (SELECT nullif(greatest(0, o.denominator - coalesce((rest ->> 'denominator')::bigint, 0)
                                        - coalesce(sum((b ->> 'records')::bigint), 0)), 0)
                FROM json_array_elements(whole -> 'batches') b WHERE b ->> 'type' = 'dossier')
        END,
      'has_comparators', coalesce(json_array_length(whole -> 'comparators'), 0) > 0,
      'more_batches', whole ->> 'kind' = 'dossier' AND id <> 0 AND pinned() IS NULL
                      AND whole ->> 'batches' IS NULL AND may_see(id),
      'has_dossiers', whole ->> 'kind' = 'dossier' AND id <> 0 AND o.denominator > 0
                      AND pinned() IS NULL AND NOT recast,
      'history', history, 'has_history', history IS NOT NULL, 'restated', figure_restated(history),
      'versions', indicator_versions(chosen, o),
      'trend', trend, 'rank_history', rank_history(trend))
      FROM (SELECT) one
      LEFT JOIN figure_lacking(o, recast) l ON true);
END $$;
