-- rank_move.sql -- why a rank moved between two periods: ranked again and again, with one
-- thing changed at a time.  Each step's part is the difference of two ranks, so the parts
-- add up to the move exactly.

-- What an agency's figure would be with the volume of each procedure as LATER and the rate
-- of each as EARLIER (a procedure that is new brings its own rate).  Where the procedures
-- do not tell the whole figure, or there are none, a rate as EARLIER: null.
CREATE OR REPLACE FUNCTION rate_at_volume(earlier observation, later observation, recast boolean)
RETURNS numeric LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH a AS (
    SELECT * FROM figure_parts(earlier.agency_id, earlier.indicator, earlier.period, recast)
  ), b AS (
    SELECT * FROM figure_parts(later.agency_id, later.indicator, later.period, recast)
  )
  SELECT round(sum(CASE WHEN a.denominator > 0 THEN a.numerator::numeric * b.denominator / a.denominator
                        ELSE b.numerator END) / sum(b.denominator), 4)
    FROM b LEFT JOIN a USING (procedure)
  HAVING sum(b.denominator) = later.denominator
     AND (SELECT sum(x.denominator) FROM a x) = earlier.denominator);
END $$;

-- What the dossiers that first came after SINCE add to a figure.
CREATE OR REPLACE FUNCTION late_terms(o observation, since timestamptz)
RETURNS TABLE (numerator bigint, denominator bigint) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH member AS (
    SELECT ARRAY(SELECT * FROM members_of(o.agency_id, period_day(o.period))) AS ids
  ), late AS (
    SELECT d.* FROM member
      JOIN settled_dossier d ON d.agency_id = ANY (member.ids)
       AND d.holder_id = ANY (holders_of(member.ids))
       AND period_range(o.period) @> d.resolved_day
      JOIN batch b ON b.batch_id = coalesce(
           (SELECT h.batch_id FROM dossier_history h
             WHERE h.agency_id = d.holder_id AND h.dossier = d.dossier
             ORDER BY h.version LIMIT 1), d.batch_id)
     WHERE b.committed_at > since
  )
  SELECT t.numerator, t.denominator
    FROM (SELECT count(*) a, coalesce(sum(resolved_online), 0) b, coalesce(sum(level4_online), 0) c,
                 coalesce(sum(due_known), 0) d, coalesce(sum(on_time), 0) e,
                 coalesce(sum(one_stop_known), 0) f, coalesce(sum(one_stop), 0) g,
                 coalesce(sum(paid_known), 0) h, coalesce(sum(paid_online), 0) i,
                 coalesce(sum(filed_by_known), 0) j, coalesce(sum(assisted), 0) k,
                 coalesce(sum(scored), 0) l, coalesce(sum(satisfied), 0) m FROM late) s
   CROSS JOIN LATERAL dossier_terms(a, b, c, d, e, f, g, h, i, j, k, l, m) t
   WHERE t.slug = o.indicator;
END $$;

-- What is compared in a rank.
CREATE OR REPLACE FUNCTION ranked_value(o observation) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN o.rank IS NOT NULL THEN o.percent::numeric / 100 END $$;

-- NAME's move within its kind from FROM_CODE to CODE.  AS_OF: FROM_CODE as it was published by
-- then; what came since is told apart (late records, restatement).  Null: as it is known now.
CREATE OR REPLACE FUNCTION rank_move(from_code text, code text, name text, slug text,
                                     as_of timestamptz, recast boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  published observation[] := ARRAY(
    SELECT o FROM observations_asked(from_code, rank_move.as_of, slug, recast) o WHERE o.agency_id <> 0);
BEGIN
  RETURN rank_move_of(
    from_code, code, name, slug, rank_move.as_of, recast, published,
    CASE WHEN rank_move.as_of IS NULL THEN published ELSE ARRAY(
      SELECT o FROM observations_asked(from_code, NULL, slug, recast) o WHERE o.agency_id <> 0) END,
    ARRAY(SELECT o FROM observations_asked(code, NULL, slug, recast) o WHERE o.agency_id <> 0));
END $$;

-- The same of figures that were asked for already: of the agencies, those of SLUG in FROM_CODE
-- as PUBLISHED and as known now (EARLIER), and those in CODE (LATER).
CREATE OR REPLACE FUNCTION rank_move_of(from_code text, code text, name text, slug text,
                                        as_of timestamptz, recast boolean, published observation[],
                                        earlier observation[], later observation[]) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  id int := agency_asked(name, code, recast);
  own_published observation;
  own_earlier observation;
  own_later observation;
BEGIN
  SELECT p.* INTO own_published FROM unnest(published) p WHERE p.agency_id = id;
  SELECT p.* INTO own_earlier FROM unnest(earlier) p WHERE p.agency_id = id;
  SELECT p.* INTO own_later FROM unnest(later) p WHERE p.agency_id = id;
  IF own_published.rank IS NULL OR own_later.rank IS NULL THEN
    RAISE EXCEPTION '% has no rank in % (%)', name,
      CASE WHEN own_published.rank IS NULL THEN from_code ELSE code END,
      coalesce(CASE WHEN own_published.rank IS NULL THEN own_published.unranked_reason
                    ELSE own_later.unranked_reason END,
               CASE WHEN cardinality(CASE WHEN own_published.rank IS NULL THEN published ELSE later END) = 0
                    THEN 'nothing was published of it'
                    ELSE 'not in force then; --recast compares it with what its predecessors did' END)
      USING ERRCODE = 'no_data_found';
  END IF;
  RETURN (
    WITH p AS (   -- as published
      SELECT o.agency_id, ranked_value(o) AS v, o FROM unnest(published) o
       WHERE o.rank IS NOT NULL AND o.ranked_group = own_later.ranked_group
    ), e AS (     -- the same period as known now
      SELECT o.agency_id, ranked_value(o) AS v, o FROM unnest(earlier) o
       WHERE o.rank IS NOT NULL AND o.ranked_group = own_later.ranked_group
    ), l AS (
      SELECT o.agency_id, ranked_value(o) AS v FROM unnest(later) o
       WHERE o.rank IS NOT NULL AND o.ranked_group = own_later.ranked_group
    ), late AS (  -- as published, with what came late
      SELECT p.agency_id, CASE WHEN ((p.o).numerator, (p.o).denominator)
               IS DISTINCT FROM ((e.o).numerator, (e.o).denominator)
             THEN coalesce((SELECT round_fraction((p.o).numerator + t.numerator,
                              (p.o).denominator + t.denominator, 4, (p.o).target_numerator,
                              (p.o).target_denominator)
                     FROM late_terms(p.o, rank_move_of.as_of) t), p.v)
             ELSE p.v END AS v
        FROM p LEFT JOIN e USING (agency_id)
    ), step(at, cause, own, rivals) AS MATERIALIZED (   -- each value worked out once
      SELECT 0, NULL, ranked_value(own_published), ARRAY(SELECT v FROM p WHERE p.agency_id <> id)
      UNION ALL
      SELECT 1, 'late_records', (SELECT v FROM late WHERE late.agency_id = id),
             ARRAY(SELECT v FROM late WHERE late.agency_id <> id)
      UNION ALL
      -- a restatement that leaves the agency without a value leaves it where it was
      SELECT 2, 'restatement', coalesce(ranked_value(own_earlier), ranked_value(own_published)), ARRAY(SELECT v FROM e WHERE e.agency_id <> id)
      UNION ALL
      SELECT 3, 'own_volume', coalesce(rate_at_volume(own_earlier, own_later, recast),
                                       ranked_value(own_earlier), ranked_value(own_published)),
             ARRAY(SELECT v FROM e WHERE e.agency_id <> id)
      UNION ALL
      SELECT 4, 'own_rate', ranked_value(own_later), ARRAY(SELECT v FROM e WHERE e.agency_id <> id)
      UNION ALL
      SELECT 5, 'others', ranked_value(own_later),
             ARRAY(SELECT coalesce(l.v, e.v) FROM e LEFT JOIN l USING (agency_id) WHERE agency_id <> id)
      UNION ALL
      SELECT 6, 'who_is_ranked', ranked_value(own_later), ARRAY(SELECT v FROM l WHERE l.agency_id <> id)
    ), ranked AS (
      SELECT s.at, s.cause, s.own,
             1 + (SELECT count(*) FROM unnest(s.rivals) v WHERE v > s.own)::int AS rank
        FROM step s
    ), part AS (
      SELECT at, cause, own, rank, rank - lag(rank) OVER (ORDER BY at) AS places FROM ranked
    )
    SELECT json_build_object(
      'agency', own_later.agency, 'indicator', slug, 'group', own_later.ranked_group,
      'from', from_code, 'period', code, 'as_of', store_as_of(), 'published_by', rank_move_of.as_of,
      'sample', store_is_sample(), 'recast', recast_label(recast),
      'rank_before', own_published.rank, 'rank_after', own_later.rank,
      'move', own_later.rank - own_published.rank,
      'before', observation_object(own_published), 'after', observation_object(own_later),
      'steps', json_agg(json_build_object('cause', cause, 'rank', rank, 'places', places,
        'risen', nullif(greatest(-places, 0), 0), 'fallen', nullif(greatest(places, 0), 0),
        'percent', round(100 * own, 2)::text) ORDER BY at) FILTER (WHERE at > 0))
      FROM part);
END $$;
