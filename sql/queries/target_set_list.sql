SELECT s.set_name AS set, s.name_vi, s.name_en, s.begins, a.label AS agency, s.source, s.author,
       (SELECT count(*) FROM target t WHERE t.set_name = s.set_name) AS targets
  FROM target_set s LEFT JOIN agency a USING (agency_id)
 ORDER BY s.set_name
