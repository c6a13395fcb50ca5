-- $1 delivery, $2 key, $3 idempotency key or null, $4 what is asked, $5 sha256 of the body.
SELECT delivery_note($1, $2::int, $3, $4, $5)
