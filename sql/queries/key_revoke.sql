-- $1 the number of a key.  No row where there is none; revoking twice is revoking once.
UPDATE api_key SET revoked_at = coalesce(revoked_at, clock_timestamp())
 WHERE key_id = $1::int
RETURNING key_id
