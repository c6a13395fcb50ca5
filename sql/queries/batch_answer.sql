-- $1 the agency of a key, $2 a batch number or a delivery.  What became of it, if it was
-- sent for that agency or a predecessor: the receipt, or null while it waits.
WITH family AS (
  SELECT agency_id FROM agency_heir WHERE heir_id = $1::int
)
SELECT b.batch_id, b.delivery, b.receipt, b.type, to_jsonb(b) ->> 'header' AS header
  FROM batch b
 WHERE (b.delivery = $2 OR b.batch_id::text = $2)
   AND (b.agency_id IN (SELECT agency_id FROM family)
        OR split_part(b.delivery, '-', 1) IN (SELECT 'h' || agency_id FROM family))
UNION ALL
SELECT NULL, d.delivery, NULL, split_part(d.asked, ' ', 1), NULL
  FROM http_delivery d
 WHERE d.delivery = $2
   AND split_part(d.delivery, '-', 1) IN (SELECT 'h' || agency_id FROM family)
   AND NOT EXISTS (SELECT FROM batch b WHERE b.delivery = d.delivery)
