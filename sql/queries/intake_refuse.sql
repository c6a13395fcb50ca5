-- $1 record type, $2 file, $3 sha256, $4 arrival, $5 why, $6 delivery, $7 way.  A file refused whole: of it
-- only the attempt is stored.
INSERT INTO batch (type, state, file, sha256, received_at, refusal, delivery, way)
VALUES ($1, 'refused', $2, $3, $4::timestamptz, $5, $6, $7)
RETURNING batch_id
