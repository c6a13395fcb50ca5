-- $1 row.  What was sent.
SELECT o.sha256, a.removed_at FROM outbox o JOIN archive a USING (sha256)
 WHERE o.outbox_id = $1::bigint
