-- $1 period, $2 agency or null, $3 indicator or null, $4 unverified ones too,
-- $5 as of, $6 vintage; both null for now; $7 on today's agencies.  The columns of
-- `nq17 kpi`, then what its table adds.
SELECT o.period, o.agency, o.indicator, o.numerator, o.denominator, o.value, o.target, o.status,
       o.rank, o.coverage, o.maturity,
       o.percent, o.target_percent, o.direction, o.coverage_percent, o.recast, i.name_vi, i.name_en,
       store_is_sample()::int AS sample, marks_object(o) -> 'dispute' ->> 'open' AS disputes,
       CASE WHEN row_number() OVER (PARTITION BY o.indicator ORDER BY o.agency COLLATE "C") = 1
            THEN population_object(o.population_id, o.population) END AS population
  FROM pin($1, $5, $6) AS span
 CROSS JOIN LATERAL observations_asked(span, NULL, $3::text, $7::boolean) o
  JOIN indicator i ON i.slug = o.indicator
 WHERE (o.verified OR $4::boolean)
   AND ($2::text IS NULL OR o.agency_id = (SELECT agency_asked($2, span, $7::boolean)))
 ORDER BY o.indicator COLLATE "C", o.agency COLLATE "C"
