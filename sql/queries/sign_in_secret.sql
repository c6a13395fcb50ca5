-- $1 login.  What its password is held against; no row: nobody may sign in by it now.
SELECT account_id, password_hash, has_code FROM sign_in_secret($1)
