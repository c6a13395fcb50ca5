-- Deliveries older than a sender may repeat with the same idempotency key.
DELETE FROM http_delivery WHERE created_at < clock_timestamp() - interval '30 days'
