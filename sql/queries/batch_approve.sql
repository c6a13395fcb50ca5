-- $1 batch, $2 who.
SELECT withdrawn_at, removed, restored, kept FROM batch_approve($1::bigint, $2)
