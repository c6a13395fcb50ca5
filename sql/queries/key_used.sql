-- $1 the number of a key.  Rounded to the minute, so that it is no write per request.
UPDATE api_key SET last_used_at = date_trunc('minute', clock_timestamp())
 WHERE key_id = $1::int
   AND last_used_at IS DISTINCT FROM date_trunc('minute', clock_timestamp())
