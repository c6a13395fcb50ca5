-- $1 delivery, $2 key, $3 idempotency key or null, $4 what is asked, $5 sha256 of the body.
-- What was noted, whether it is the same request, and the receipt once it was committed.
SELECT d.delivery, d.asked = $4 AND d.sha256 = $5 AS same, b.receipt
  FROM http_delivery d LEFT JOIN batch b USING (delivery)
 WHERE d.delivery = $1 OR d.key_id = $2::int AND d.idempotency_key = $3
