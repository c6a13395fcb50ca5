-- $1 login, $2 the secret as it lies there, $3 the same sealed.
SELECT totp_reseal($1, $2::bytea, $3::bytea)
