-- ranking.sql -- who is ranked among whom: kinds and peer groups, scores over many
-- indicators, and why a rank moved.

-- The groups that can be asked for, kinds first.
CREATE OR REPLACE VIEW ranking_group AS
SELECT 'central' AS grp, -1 AS ordinal, 'Bộ, cơ quan ngang bộ' AS name_vi,
       'Ministries and ministerial agencies' AS name_en, NULL AS source
UNION ALL SELECT 'province', 0, 'Tỉnh, thành phố', 'Provinces and cities', NULL
UNION ALL SELECT peer_group, ordinal, name_vi, name_en, source FROM peer_group;

CREATE OR REPLACE FUNCTION ranking_group_named(grp text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF grp IS NOT NULL AND NOT EXISTS (SELECT FROM ranking_group g WHERE g.grp = ranking_group_named.grp) THEN
    RAISE EXCEPTION 'no group "%"; there are: %', grp,
      (SELECT string_agg(g.grp, ', ' ORDER BY g.ordinal) FROM ranking_group g)
      USING ERRCODE = 'no_data_found';
  END IF;
  RETURN grp;
END $$;

-- Which of the groups asked for (null: both kinds) an agency of KIND_GROUP stands in on DAY.
CREATE OR REPLACE FUNCTION groups_of(agency_id int, kind_group text, wanted text, day date)
RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT kind_group WHERE kind_group = coalesce(wanted, kind_group)
  UNION ALL
  SELECT m.peer_group FROM peer_member m
   WHERE m.peer_group = wanted AND m.agency_id = groups_of.agency_id
     AND groups_of.day BETWEEN m.first_day AND m.last_day
$$;

-- The day whose groups hold for a period.
CREATE OR REPLACE FUNCTION ranking_day(code text, recast boolean) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN recast THEN recast_day() ELSE period_day(code) END
$$;

-- The ranking of an indicator: those who are ranked, then the others with the reason.
-- place is the rank within the group; the figure's own rank is that within its kind.
CREATE OR REPLACE FUNCTION ranking(code text, slug text, wanted text, recast boolean, as_of timestamptz)
RETURNS TABLE (grp text, place int, shared boolean, agency text, object text)
LANGUAGE sql STABLE AS $$
  WITH asked AS MATERIALIZED (
    SELECT ranking_group_named(wanted) AS grp, ranking_day(code, recast) AS day
  )
  SELECT g.grp,
         CASE WHEN f.rank IS NOT NULL
              THEN rank() OVER (PARTITION BY g.grp, f.rank IS NULL ORDER BY f.percent DESC) END::int,
         f.rank IS NOT NULL AND count(*) OVER (PARTITION BY g.grp, f.rank IS NULL, f.percent) > 1,
         f.agency, f.object
    FROM (SELECT o.agency_id, o.agency, o.object, (o.o).rank, (o.o).ranked_group,
                 (o.o).percent::numeric AS percent
            FROM observation_objects(code, as_of, slug, recast) o) f
   CROSS JOIN asked q
   CROSS JOIN LATERAL groups_of(f.agency_id, f.ranked_group, q.grp, q.day) AS g(grp)
   WHERE f.agency_id <> 0
$$;

-- JSON as text, as observations_model() is: each row is as long as a figure is, and nobody within
-- the database reads it again.
CREATE OR REPLACE FUNCTION ranking_model(code text, slug text, wanted text, recast boolean,
                                         as_of timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$   -- planned once a session
#variable_conflict use_variable
BEGIN
  RETURN concat(left(json_build_object(
    'period', code, 'indicator', slug, 'as_of', store_as_of(), 'sample', store_is_sample(),
    'recast', recast_label(recast),
    'rule', (SELECT row_to_json(u) FROM rank_rule_in_force u WHERE u.slug = slug))::text, -1),
    ', "groups": [', (
      SELECT string_agg(concat(left(json_build_object('group', g.grp, 'name_vi', g.name_vi,
                                                      'name_en', g.name_en)::text, -1),
                               ', "rows": [', l.rows, ']}'), ', ' ORDER BY g.ordinal)
        FROM (SELECT r.grp, string_agg(concat(left(r.object, -1), ', "place": ', json_value(r.place),
                                              ', "shared": ', json_value(r.shared), '}'), ', '
                                       ORDER BY r.place, r.agency COLLATE "C") AS rows
                FROM ranking(code, slug, wanted, recast, as_of) r GROUP BY r.grp) l
        JOIN ranking_group g USING (grp)), ']}');
END $$;

-- ---------------------------------------------------------------- scores

-- What SCORE compares, for every agency of the population, and its place within the group.
-- missing: the parts whose points were not loaded; then there is no score and no place.
-- FIGURES: those of the period, from whoever has them at hand.
CREATE OR REPLACE FUNCTION score_ranking(code text, score text, wanted text, recast boolean,
                                         figures observation[] DEFAULT NULL)
RETURNS TABLE (grp text, place int, shared boolean, agency_id int, agency text, met int, judged int,
               attainment numeric, points numeric, missing text)
LANGUAGE sql STABLE AS $$
  WITH asked AS MATERIALIZED (
    SELECT ranking_group_named(wanted) AS grp, ranking_day(code, recast) AS day,
           lower(days) AS first, upper(days) AS stop, period_day(code) AS last
      FROM period_range(code) days
  ), rule AS (
    SELECT * FROM score_rule r WHERE r.score = score_ranking.score
  ), figure AS (
    SELECT o.* FROM rule r, unnest(coalesce(figures, ARRAY(
             SELECT f FROM observations_asked(code, NULL, NULL, recast) f))) o
     WHERE o.verified AND o.target_id IS NOT NULL AND o.in_population
       AND r.keys && ARRAY['met', 'attainment']
  ), summed AS (
    SELECT f.agency_id, count(*) FILTER (WHERE status IN ('met', 'on_track'))::int AS met,
           count(*) FILTER (WHERE value IS NOT NULL)::int AS judged,
           round(avg(least(1, numerator::numeric * target_denominator
                              / nullif(denominator::numeric * target_numerator, 0)))
                 FILTER (WHERE value IS NOT NULL), 4) AS attainment
      FROM figure f GROUP BY f.agency_id
  ), given AS (
    SELECT l.agency_id, sum(p.points) AS points,
           string_agg(s.part, ' ' ORDER BY s.ordinal) FILTER (WHERE p.points IS NULL) AS missing
      FROM rule r
      JOIN score_part s ON s.score = r.score
     CROSS JOIN asked q
     CROSS JOIN LATERAL roster(q.first, q.stop, q.last) l
      LEFT JOIN score_point p ON p.score = s.score AND p.part = s.part
           AND p.agency_id = l.agency_id AND p.period = code
     WHERE l.in_population AND NOT recast      -- points of predecessors cannot be added
     GROUP BY l.agency_id
  ), line AS (
    SELECT a.agency_id, a.label, s.met, s.judged, s.attainment,
           CASE WHEN v.missing IS NULL THEN v.points END AS points, v.missing,
           CASE WHEN a.kind = 'province' THEN 'province' ELSE 'central' END AS kind_group,
           CASE WHEN r.keys && ARRAY['points'] THEN v.missing IS NULL ELSE s.judged > 0 END AS placed,
           ARRAY(SELECT CASE k.name WHEN 'met' THEN s.met
                                    WHEN 'attainment' THEN s.attainment
                                    ELSE v.points END
                   FROM unnest(r.keys) WITH ORDINALITY AS k(name, at) ORDER BY k.at) AS worth
      FROM rule r
     CROSS JOIN (SELECT f.agency_id FROM summed f UNION SELECT v.agency_id FROM given v) who
      JOIN agency a USING (agency_id)
      LEFT JOIN summed s USING (agency_id)
      LEFT JOIN given v USING (agency_id)
  )
  SELECT g.grp, CASE WHEN l.placed THEN rank() OVER one END::int,
         l.placed AND count(*) OVER (PARTITION BY g.grp, l.placed, l.worth) > 1,
         l.agency_id, l.label, l.met, l.judged, l.attainment, l.points, l.missing
    FROM line l
   CROSS JOIN asked q
   CROSS JOIN LATERAL groups_of(l.agency_id, l.kind_group, q.grp, q.day) AS g(grp)
  WINDOW one AS (PARTITION BY g.grp, l.placed ORDER BY l.worth DESC)
$$;

-- The order over all targets of the Resolution, as pages and reports print it.
CREATE OR REPLACE FUNCTION overall_ranking(code text, recast boolean DEFAULT false,
                                           figures observation[] DEFAULT NULL)
RETURNS TABLE (agency_id int, agency text, ranked_group text, met int, judged int,
               attainment numeric, rank int, tied boolean)
LANGUAGE sql STABLE AS $$
  SELECT s.agency_id, s.agency, s.grp, s.met, s.judged, s.attainment, s.place, s.shared
    FROM score_ranking(code, 'targets', NULL, recast, figures) s
$$;

CREATE OR REPLACE FUNCTION score_object(score text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object('score', r.score, 'keys', r.keys, 'name_vi', r.name_vi,
    'name_en', r.name_en, 'rule_vi', r.rule_vi, 'rule_en', r.rule_en, 'source', r.source,
    'parts', (SELECT coalesce(json_agg(json_build_object('part', p.part, 'most', p.most,
        'name_vi', p.name_vi, 'name_en', p.name_en) ORDER BY p.ordinal), '[]')
        FROM score_part p WHERE p.score = r.score))
    FROM score_rule r WHERE r.score = score_object.score);
END $$;

CREATE OR REPLACE FUNCTION score_model(code text, score text, wanted text, recast boolean)
RETURNS json LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
BEGIN
  IF NOT EXISTS (SELECT FROM score_rule r WHERE r.score = score_model.score) THEN
    RAISE EXCEPTION 'no score "%"; there are: %', score,
      (SELECT string_agg(r.score, ', ' ORDER BY r.score) FROM score_rule r)
      USING ERRCODE = 'no_data_found';
  END IF;
  RETURN (SELECT json_build_object(
    'period', code, 'as_of', store_as_of(), 'sample', store_is_sample(),
    'recast', recast_label(recast), 'score', score_object(score),
    'groups', (SELECT coalesce(json_agg(json_build_object('group', g.grp, 'name_vi', g.name_vi,
        'name_en', g.name_en, 'rows', l.rows) ORDER BY g.ordinal), '[]')
        FROM (SELECT s.grp AS id, json_agg(json_build_object('place', s.place, 'shared', s.shared,
                'agency', s.agency, 'agency_name_vi', a.name_vi,
                'agency_name_en', coalesce(a.name_en, a.name_vi), 'met', s.met, 'judged', s.judged,
                'attainment', s.attainment::text, 'points', s.points::text, 'missing', s.missing)
                ORDER BY s.place, s.agency COLLATE "C") AS rows
                FROM score_ranking(code, score, wanted, recast) s JOIN agency a USING (agency_id)
               GROUP BY s.grp) l
        JOIN ranking_group g ON g.grp = l.id)));
END $$;
