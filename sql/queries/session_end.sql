-- $1 number of a session.
SELECT session_end($1::bigint)
