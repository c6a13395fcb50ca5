-- $1 the step of the code, $2 sha256 of the token of the session that goes on.
SELECT totp_confirm($1::bigint, $2)
