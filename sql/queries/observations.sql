-- $1 period, $2 agency or null, $3 indicator or null, $4 unverified ones too,
-- $5 as of, or null for now.  The columns of `nq17 kpi`, then what its table adds.
SELECT o.period, o.agency, o.indicator, o.numerator, o.denominator, o.value, o.target, o.status,
       o.rank, o.coverage, o.maturity,
       o.percent, o.target_percent, o.direction, o.coverage_percent, o.recast, i.name_vi, i.name_en,
       store_is_sample()::int AS sample
  FROM observations($1, $5::timestamptz, $3::text) o
  JOIN indicator i ON i.slug = o.indicator
 WHERE (o.verified OR $4::boolean)
   AND ($2::text IS NULL OR o.agency_id = (SELECT agency_in($2, $1)))
 ORDER BY o.indicator COLLATE "C", o.agency COLLATE "C"
