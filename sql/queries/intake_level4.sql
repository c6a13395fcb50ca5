-- The services at level 4 by whoever may hold dossiers, with the days on which they
-- are (from 2000-01-01).
SELECT agency_id, procedure,
       CASE first_day WHEN '-infinity' THEN -1000000 ELSE first_day - date '2000-01-01' END
         AS first_day,
       CASE last_day WHEN 'infinity' THEN 1000000 ELSE last_day - date '2000-01-01' END
         AS last_day
  FROM holder_level4
