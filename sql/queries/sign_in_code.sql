-- $1 sha256 of the token of a session that waits for its code, $2 address and $3 name of the browser.
SELECT login, secret, step, is_again FROM sign_in_code($1, $2, $3)
