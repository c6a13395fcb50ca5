-- $1 login, $2 action, $3 role, $4 agency.
SELECT account_change($1, $2, $3, $4)
