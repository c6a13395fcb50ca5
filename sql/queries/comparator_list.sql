-- $1 indicator, or null for all.
SELECT c.comparator_id AS id, c.slug AS indicator, coalesce(a.label, 'VN') AS agency,
       nullif(c.grp, '') AS "group", c.period, c.numerator, c.denominator, c.percent, c.value,
       c.publisher, c.source, c.note_en AS note, c.added_by
  FROM comparator c LEFT JOIN agency a ON a.agency_id = c.agency_id JOIN indicator i USING (slug)
 WHERE $1::text IS NULL OR c.slug = $1
 ORDER BY i.ordinal, c.period, c.comparator_id
