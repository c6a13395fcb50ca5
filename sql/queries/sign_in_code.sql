-- $1 sha256 of the token of a session that waits for its code.
SELECT login, secret, step FROM sign_in_code($1)
