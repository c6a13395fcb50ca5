-- Who answers for an agency's dossiers, from which day to which (from 2000-01-01).
SELECT agency_id, heir_id,
       CASE first_day WHEN '-infinity' THEN -1000000 ELSE first_day - date '2000-01-01' END
         AS first_day,
       CASE last_day WHEN 'infinity' THEN 1000000 ELSE last_day - date '2000-01-01' END
         AS last_day
  FROM agency_heir
 ORDER BY agency_id, first_day
