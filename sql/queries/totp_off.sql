-- $1 login, $2 sha256 of the token of the session that goes on, or null.
SELECT totp_off($1, $2)
