-- $1 row; null: whatever is deferred, or failed within a week.  Never what is uncertain.
SELECT outbox_retry($1::bigint)
