-- Deliveries older than a sender may repeat with the same idempotency key.
SELECT delivery_forget()
