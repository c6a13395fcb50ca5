-- $1 how many families of agencies, at random; null: all.
-- The first row has the number of figures, each other one a difference.
SELECT figures, rollup, agency, day, procedure, measure, stored, counted
  FROM audit(CASE WHEN $1::int IS NOT NULL THEN coalesce(audit_sample($1::int), '{}') END)
 ORDER BY figures IS NULL, rollup, agency COLLATE "C", day, procedure COLLATE "C", measure
