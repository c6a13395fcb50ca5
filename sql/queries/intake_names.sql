-- Every name of every agency with the days on which it holds, as days from
-- 2000-01-01; of one name the plain ones first.
SELECT n.name, n.agency_id, n.explicit,
       CASE n.first_day WHEN '-infinity' THEN -1000000 ELSE n.first_day - date '2000-01-01' END
         AS first_day,
       CASE n.last_day WHEN 'infinity' THEN 1000000 ELSE n.last_day - date '2000-01-01' END
         AS last_day,
       a.valid_from - date '2000-01-01' AS valid_from,
       coalesce(a.valid_to - date '2000-01-01', 1000000) AS valid_to,
       EXISTS (SELECT FROM agency p WHERE p.successor_id = a.agency_id) AS has_elders,
       a.lineage_id
  FROM agency_name n JOIN agency a USING (agency_id)
 ORDER BY n.name COLLATE "C", n.explicit, n.first_day
