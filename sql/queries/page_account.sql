-- $1 the session that is open, $2 what to say.
SELECT account_page($1::bigint, $2)
