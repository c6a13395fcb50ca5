-- $1 and $2 rows.  The figures in which their editions differ; null: not in that edition.
SELECT agency, indicator,
       old ->> 'numerator' AS old_numerator, old ->> 'denominator' AS old_denominator,
       old ->> 'value' AS old_value, old ->> 'status' AS old_status,
       new ->> 'numerator' AS new_numerator, new ->> 'denominator' AS new_denominator,
       new ->> 'value' AS new_value, new ->> 'status' AS new_status
  FROM delivery_changes($1::bigint, $2::bigint)
 ORDER BY agency COLLATE "C", indicator COLLATE "C"
