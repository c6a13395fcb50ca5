-- $1 seconds for which what figures rest on must have been still.  1: more of a period is
-- remembered.
SELECT remember_next($1::int)::int AS remembered
