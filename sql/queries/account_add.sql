-- $1 login, $2 name, $3 role, $4 agency or null, $5 hash of the password or null.
SELECT account_add($1, $2, $3, $4, $5)
