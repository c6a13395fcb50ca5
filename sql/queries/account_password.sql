-- $1 login, $2 hash, $3 sha256 of the token of the session that goes on, or null.
SELECT account_password($1, $2, $3)
