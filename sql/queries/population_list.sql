-- Every list, with how many agencies it holds on its first day (today, where it has none
-- or that is past).
SELECT p.population_id AS list, coalesce(p.slug, '*') AS indicator, p.version, p.kinds::text AS kinds,
       (SELECT count(*) FROM agency a
         WHERE d.day BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity'::date)
           AND (a.kind = ANY (p.kinds)
                OR a.agency_id IN (SELECT h.heir_id FROM agency_heir h WHERE h.agency_id = ANY (p.members)
                                      AND d.day BETWEEN h.first_day AND h.last_day))) AS agencies,
       d.day AS counted_on,
       CASE WHEN isfinite(p.valid_from) THEN p.valid_from END AS "from", p.valid_to AS "to",
       p.name_vi, p.name_en, p.source, r.author, r.decided_by AS approved_by
  FROM population p
  LEFT JOIN revision r USING (revision_id)
 CROSS JOIN LATERAL (SELECT coalesce(p.valid_to, greatest(p.valid_from,
                       (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)) AS day) d
 ORDER BY p.slug NULLS FIRST, p.version
