-- Every version of every definition.
SELECT d.slug AS indicator, d.version, d.formula,
       CASE WHEN isfinite(d.valid_from) THEN d.valid_from END AS "from", d.valid_to AS "to",
       r.author, r.decided_by AS approved_by, r.reason
  FROM definition d JOIN indicator i USING (slug) LEFT JOIN revision r USING (revision_id)
 ORDER BY i.ordinal, d.version
