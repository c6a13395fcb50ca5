-- $1 batch, $2 sha256, $3 received, $4 accepted, $5 corrected, $6 duplicate, $7 stale,
-- $8 rejected, $9 the receipt as JSON.
UPDATE batch
   SET state = 'committed', sha256 = $2, received = $3::bigint, accepted = $4::bigint,
       corrected = $5::bigint, duplicate = $6::bigint, stale = $7::bigint,
       rejected = $8::bigint, receipt = $9, committed_at = clock_timestamp()
 WHERE batch_id = $1::bigint
