-- $1 login, $2 address, $3 the step that failed.
SELECT sign_in_failed($1, $2, $3)
