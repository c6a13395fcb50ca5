-- $1 account, $2 hash of the same password.
SELECT account_rehash($1::int, $2)
