-- $1 sha256 of the token.
SELECT sign_out($1)
