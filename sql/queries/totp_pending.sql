-- $1 one's session.  The secret that was begun in it and is not confirmed yet, or null.
SELECT totp_pending($1::bigint)
