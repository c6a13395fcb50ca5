-- $1 issuer, $2 subject, $3 login that the provider names, or null.  No row: nobody of ours.
SELECT account_id, has_code FROM sign_in_oidc($1, $2, $3)
