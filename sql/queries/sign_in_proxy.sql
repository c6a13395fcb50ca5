-- $1 whom the trusted proxy names.  Their account, or null.
SELECT sign_in_proxy($1)
