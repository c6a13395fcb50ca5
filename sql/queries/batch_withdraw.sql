-- $1 batch, $2 why, $3 who.
SELECT withdrawn_at, removed, restored, kept FROM batch_withdraw($1::bigint, $2, $3)
