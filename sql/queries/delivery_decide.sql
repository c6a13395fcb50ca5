-- $1 line of the ledger, $2 retry, accepted, queued, failed or bounced.
SELECT delivery_decide($1::bigint, $2)
