-- $1 set; null: every one.  Every version of every target.
SELECT t.set_name AS set, t.target_id AS target, t.slug AS indicator, t.direction,
       CASE WHEN i.kind = 'survey' THEN t.numerator::text
            ELSE trim_scale(100 * t.numerator::numeric / t.denominator)::text || '%' END AS value,
       t.deadline, t.kinds::text AS kinds,
       CASE WHEN isfinite(t.valid_from) THEN t.valid_from END AS "from", t.valid_to AS "to",
       t.confidence, r.author, r.decided_by AS approved_by
  FROM target t JOIN indicator i USING (slug) LEFT JOIN revision r USING (revision_id)
 WHERE $1::text IS NULL OR t.set_name = $1
 ORDER BY t.set_name, t.deadline, i.ordinal, t.version
