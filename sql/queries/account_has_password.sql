-- Has one's own account a password?
SELECT account_has_password()
