-- $1 seconds between two times that the same is remembered.  0: there may be more; else in how
-- many seconds to ask again; null: when something came.
SELECT remember_next($1::int) AS wait
