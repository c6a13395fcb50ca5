-- $1 a batch number or a delivery.  What became of it, if who asks may see it (row-level
-- security): the receipt, or null while it waits.
SELECT b.batch_id, b.delivery, b.receipt, b.type, to_jsonb(b) ->> 'header' AS header
  FROM batch b
 WHERE b.delivery = $1 OR b.batch_id::text = $1
UNION ALL
SELECT NULL, d.delivery, NULL, split_part(d.asked, ' ', 1), NULL
  FROM http_delivery d
 WHERE d.delivery = $1 AND NOT EXISTS (SELECT FROM batch b WHERE b.delivery = d.delivery)
