-- path.sql -- where the straight path to a target begins whose deadline is still ahead: the
-- first observation in the target's window (DESIGN 5).

-- The day after which the window of a target begins: the deadline of the one before it, else
-- that of its set.
CREATE FUNCTION path_window(slug text, deadline date) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT max(p.deadline) FROM target p
                    WHERE p.slug = path_window.slug AND p.deadline < path_window.deadline
                      AND p.set_name = chosen_set()),
                  (SELECT s.begins FROM target_set s WHERE s.set_name = chosen_set()))
$$;

-- For indicators over dossiers: the first calendar month after BEGINS in which any count.
CREATE FUNCTION path_of_dossiers(slug text, begins date)
RETURNS TABLE (agency_id int, day date, n bigint, d bigint)
LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (m.agency_id) m.agency_id, (m.month + interval '1 month')::date - 1,
         f.numerator, f.denominator
    FROM (SELECT p.agency_id, date_trunc('month', p.day)::date AS month,
                 sum(resolved)::bigint AS a, sum(resolved_online)::bigint AS b,
                 sum(level4_online)::bigint AS c, sum(due_known)::bigint AS d, sum(on_time)::bigint AS e,
                 sum(one_stop_known)::bigint AS f, sum(one_stop)::bigint AS g,
                 sum(paid_known)::bigint AS h, sum(paid_online)::bigint AS i,
                 sum(filed_by_known)::bigint AS j, sum(assisted)::bigint AS k,
                 sum(scored)::bigint AS l, sum(satisfied)::bigint AS m
            FROM total_pieces(begins + 1, date '9999-12-31') p
           GROUP BY 1, 2) m
   CROSS JOIN LATERAL dossier_terms(m.a, m.b, m.c, m.d, m.e, m.f, m.g, m.h, m.i, m.j, m.k, m.l, m.m) f
   WHERE f.slug = path_of_dossiers.slug AND f.denominator > 0
   ORDER BY m.agency_id, m.month
$$;

-- For the others: the first period of which each row of the register (0: the nation) can have a
-- figure.  What stands is looked at on the last day of a month; a flow in the span that was
-- told first; a survey in its year.
CREATE FUNCTION path_periods(slug text, begins date, day date) RETURNS TABLE (agency_id int, period text)
LANGUAGE sql STABLE AS $$
  WITH i AS (SELECT i.* FROM indicator i WHERE i.slug = path_periods.slug),
  known AS (             -- since when it is known how things stand
    SELECT s.agency_id, min(s.valid_from) AS since FROM service s, i WHERE i.kind = 'service' GROUP BY 1
    UNION ALL
    SELECT f.agency_id, min(f.valid_from) FROM fact f, i
     WHERE i.kind = 'fact' AND f.fact = i.numerator
       AND (f.fact <> 'satisfaction-disclosure' OR f.valid_from > begins) GROUP BY 1
    UNION ALL
    SELECT c.agency_id, min(c.end_day) - 1 FROM reported_count c, i
     WHERE c.measure = i.denominator AND c.measure = ANY (stock_measures()) GROUP BY 1
  )
  SELECT k.agency_id, to_char(greatest(k.since, begins + 1), 'YYYY-MM') FROM known k
   WHERE greatest(k.since, begins + 1) <= path_periods.day
  UNION ALL
  (SELECT DISTINCT ON (c.agency_id) c.agency_id, c.period FROM reported_count c, i
    WHERE i.kind IN ('count', 'reduction') AND c.measure = i.denominator
      AND c.measure <> ALL (stock_measures())
      AND c.breakdown = coalesce(CASE WHEN i.slug = 'work-files-online' THEN 'ministry_province' END, i.tier, '')
      AND c.first_day > begins AND c.end_day - 1 <= path_periods.day
    ORDER BY c.agency_id, c.end_day, c.first_day DESC, c.period)
  UNION ALL
  SELECT 0, min(n.year)::text FROM national n, i
   WHERE i.kind = 'survey' AND n.series = 'un-egdi-rank' AND n.country = 'VNM'
     AND make_date(n.year, 12, 31) > begins AND make_date(n.year, 1, 1) <= path_periods.day
  HAVING min(n.year) IS NOT NULL
$$;

-- The first observations of all: of the rows in force on STANDING with those they answer for,
-- and of the nation (0), pooled over its population.  A period on DAY asks.
CREATE FUNCTION path_starts(slug text, deadline date, day date, standing date)
RETURNS TABLE (agency_id int, begun date, n bigint, d bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  begins date := path_window(path_starts.slug, path_starts.deadline);
  asked indicator := (SELECT i FROM indicator i WHERE i.slug = path_starts.slug);
BEGIN
  RETURN QUERY
  WITH period AS MATERIALIZED (
    SELECT * FROM path_periods(path_starts.slug, begins, path_starts.day)
  ), first AS MATERIALIZED (
    SELECT f.* FROM path_of_dossiers(path_starts.slug, begins) f WHERE asked.kind = 'dossier'
    UNION ALL
    SELECT p.agency_id, upper(period_range(p.period)) - 1, f.numerator, f.denominator
      FROM (SELECT DISTINCT period FROM period) t
     CROSS JOIN LATERAL agency_figures(t.period, upper(period_range(t.period)) - 1,
                                       ARRAY[path_starts.slug]) f
      JOIN period p ON p.period = t.period AND p.agency_id = f.agency_id
     WHERE f.slug = path_starts.slug AND f.denominator > 0
  ), people AS (
    SELECT p.* FROM populations_on(path_starts.day, path_starts.day) p
     WHERE coalesce(p.slug, path_starts.slug) = path_starts.slug ORDER BY p.slug NULLS LAST LIMIT 1
  ), counted AS (
    SELECT a.agency_id FROM agency a, people p
     WHERE path_starts.day BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity')
       AND (a.kind = ANY (p.kinds) OR a.agency_id = ANY (p.members))
  ), pool AS (           -- who is added up for whom
    SELECT h.heir_id AS whose, f.* FROM first f
      JOIN agency_heir h ON h.agency_id = f.agency_id AND standing BETWEEN h.first_day AND h.last_day
    UNION ALL
    SELECT 0, f.* FROM first f
      JOIN agency_heir h ON h.agency_id = f.agency_id AND path_starts.day BETWEEN h.first_day AND h.last_day
      JOIN counted c ON c.agency_id = h.heir_id
     WHERE NOT EXISTS (SELECT FROM first o WHERE o.agency_id = 0)
    UNION ALL
    SELECT 0, f.* FROM first f WHERE f.agency_id = 0
  )
  SELECT p.whose, p.day, sum(p.n)::bigint,
         CASE WHEN p.whose = 0 AND asked.scope = 'share' THEN (SELECT count(*) FROM counted)
              ELSE sum(p.d) END::bigint
    FROM (SELECT p.*, min(p.day) OVER (PARTITION BY p.whose) AS earliest FROM pool p) p
   WHERE p.day = p.earliest
   GROUP BY p.whose, p.day;
END $$;

-- The path as it is printed with a figure: from where it starts, to the target, and how far it
-- has come on DAY.  Null where the deadline has passed or nothing was observed.
CREATE FUNCTION path_object(o observation, standing date) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
      'from', s.begun, 'numerator', s.n, 'denominator', s.d,
      'from_percent', round(100.0 * s.n / s.d, 2)::text, 'to', t.deadline,
      'on', x.day, 'percent', round(100 * (s.n::numeric / s.d
        + (t.numerator::numeric / t.denominator - s.n::numeric / s.d)
          * greatest(0, x.day - s.begun) / (t.deadline - s.begun)), 2)::text)
    FROM target t
   CROSS JOIN (SELECT period_day(o.period) AS day) x
    JOIN indicator i ON i.slug = o.indicator AND i.kind <> 'survey'
   CROSS JOIN LATERAL path_starts(o.indicator, t.deadline, x.day, coalesce(path_object.standing, x.day)) s
   WHERE t.target_id = o.target_id AND t.deadline >= store_today() AND s.agency_id = o.agency_id
     AND s.begun < t.deadline
     -- the nation's verdict on what each agency must reach is made of theirs
     AND NOT (o.agency_id = 0 AND i.scope IN ('each_agency', 'each_agency_nation'))
$$;
