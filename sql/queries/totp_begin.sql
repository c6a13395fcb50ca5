-- $1 the secret.
SELECT totp_begin($1::bytea)
