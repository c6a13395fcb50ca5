-- $1 login, $2 issuer, $3 subject, or null for none.
SELECT account_subject_set($1, $2, $3)
