-- $1 batch, $2 code, $3 agency; each may be null.  Refused records that can be sent again
-- as they are, by what has to be said about them; and how many cannot, because a part of
-- them is not there any more, or because what follows them would be swallowed.
SELECT b.type, b.format, b.header, a.label AS agency,
       count(*) FILTER (WHERE quarantine_is_whole(q)) AS whole,
       count(*) FILTER (WHERE NOT quarantine_is_whole(q)) AS others
  FROM quarantine q JOIN batch b USING (batch_id) LEFT JOIN agency a ON a.agency_id = b.agency_id
 WHERE q.settled_by IS NULL
   AND ($1::bigint IS NULL OR q.batch_id = $1)
   AND ($2::text IS NULL OR q.code = $2)
   AND ($3::text IS NULL OR q.agency_id IN (SELECT n.agency_id FROM agency_name n WHERE n.name = $3))
 GROUP BY b.type, b.format, b.header, a.label
 ORDER BY array_position(ARRAY['agency', 'task', 'service'], b.type), b.type, b.format, b.header,
          a.label
