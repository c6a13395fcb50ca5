-- $1 row, $2 attempt, $3 what became of it, $4 what was said, $5 seconds until the next try,
-- $6 who hears of failures.
SELECT outbox_settle($1::bigint, $2::int, $3, $4, make_interval(secs => $5::int), $6)::int AS settled
