-- $1 everything, or a few families of agencies at random; $2 nightly.
-- The first row has the number of figures, each other one a difference.
SELECT figures, rollup, agency, day, procedure, measure, stored, counted
  FROM audit_noted($1::boolean, $2::boolean)
 ORDER BY figures IS NULL, rollup, agency COLLATE "C", day, procedure COLLATE "C", measure
