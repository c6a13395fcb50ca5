-- $1 seconds for which the store must have been still.  1: one more period is remembered.
SELECT remember_next($1::int)::int AS remembered
