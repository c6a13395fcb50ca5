-- $1 SHA-256, $2 bytes, $3 media type.  A file that is kept again.
INSERT INTO archive (sha256, bytes, media_type) VALUES ($1, $2::bigint, $3)
ON CONFLICT (sha256) DO UPDATE SET stored_at = clock_timestamp(), removed_at = NULL
