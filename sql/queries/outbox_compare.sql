-- $1 and $2 rows.  The figures in which their editions differ; null: not in that edition.
WITH figure AS (
  SELECT o.outbox_id, f ->> 'agency' AS agency, f ->> 'indicator' AS indicator, f
    FROM outbox o JOIN edition e USING (edition_id) CROSS JOIN jsonb_array_elements(e.figures) f
   WHERE o.outbox_id IN ($1::bigint, $2::bigint)
), one AS (SELECT * FROM figure WHERE outbox_id = $1::bigint),
two AS (SELECT * FROM figure WHERE outbox_id = $2::bigint)
SELECT agency, indicator,
       one.f ->> 'numerator' AS old_numerator, one.f ->> 'denominator' AS old_denominator,
       one.f ->> 'value' AS old_value, one.f ->> 'status' AS old_status,
       two.f ->> 'numerator' AS new_numerator, two.f ->> 'denominator' AS new_denominator,
       two.f ->> 'value' AS new_value, two.f ->> 'status' AS new_status
  FROM one FULL JOIN two USING (agency, indicator)
 WHERE (one.f -> 'numerator', one.f -> 'denominator', one.f -> 'value', one.f -> 'status')
       IS DISTINCT FROM
       (two.f -> 'numerator', two.f -> 'denominator', two.f -> 'value', two.f -> 'status')
 ORDER BY agency COLLATE "C", indicator COLLATE "C"
