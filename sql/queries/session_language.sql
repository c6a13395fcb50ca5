-- $1 number of a session, $2 vi or en.
SELECT session_language($1::bigint, $2)
