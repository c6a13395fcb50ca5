-- $1 delivery, $2 key, $3 idempotency key or null, $4 what is asked, $5 sha256 of the body.
-- Where that idempotency key was used before, nothing is noted.
INSERT INTO http_delivery (delivery, key_id, idempotency_key, asked, sha256)
VALUES ($1, $2::int, $3, $4, $5)
ON CONFLICT DO NOTHING
