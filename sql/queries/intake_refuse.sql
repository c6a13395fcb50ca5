-- $1 record type, $2 file, $3 sha256, $4 arrival, $5 why.  A file refused whole: of it
-- only the attempt is stored.
INSERT INTO batch (type, state, file, sha256, received_at, refusal)
VALUES ($1, 'refused', $2, $3, $4::timestamptz, $5)
RETURNING batch_id
