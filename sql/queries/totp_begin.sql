-- $1 the secret, $2 the session in which it is to be confirmed.
SELECT totp_begin($1::bytea, $2::bigint)
