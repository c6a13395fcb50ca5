-- $1 sha256 of the token, $2 that of its new one.
SELECT session_renew($1, $2)
