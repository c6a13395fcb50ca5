-- $1 edition, $2 format, $3 name, $4 SHA-256.
INSERT INTO edition_file (edition_id, format, name, sha256) VALUES ($1::bigint, $2, $3, $4)
