-- $1 vintage; null: all.
SELECT v.vintage_id AS vintage, v.period, v.sha256, c.sha256 AS recomputed,
       (c.sha256 = v.sha256 AND n.rows = v.observations)::int AS genuine
  FROM vintage v
 CROSS JOIN LATERAL (SELECT hash_of(vintage_canonical(v.vintage_id)) AS sha256) c
 CROSS JOIN LATERAL (SELECT count(*) AS rows FROM vintage_observation o
                      WHERE o.vintage_id = v.vintage_id) n
 WHERE $1::bigint IS NULL OR v.vintage_id = $1::bigint
 ORDER BY v.vintage_id
