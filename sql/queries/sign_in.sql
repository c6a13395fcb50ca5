-- $1 account, $2 sha256 of the token, $3 is it whole?, $4 way, $5 hours, $6 address, $7 browser.
SELECT sign_in($1::int, $2, $3::boolean, $4, $5::int, $6, $7)
