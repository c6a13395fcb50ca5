-- $1 what failed, $2 why, $3 address, $4 issuer, $5 subject or null, $6 claimed login or null.
SELECT sign_in_oidc_failed($1, $2, $3, $4, $5, $6)
