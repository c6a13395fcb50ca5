-- $1 who hears of failures.  Ends the leases of processes that are gone; how many uncertain.
SELECT outbox_expire($1)
