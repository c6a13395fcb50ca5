-- The scores there are, what they compare, and the points that were loaded.
SELECT r.score, array_to_string(r.keys, ' ') AS keys, r.name_vi, r.name_en, p.part, p.most,
       p.name_vi AS part_vi, p.name_en AS part_en,
       (SELECT count(*) FROM score_point v WHERE v.score = p.score AND v.part = p.part) AS points
  FROM score_rule r LEFT JOIN score_part p USING (score)
 ORDER BY r.score, p.ordinal
