-- Every secret of a second step, for those who may read them: the owner.
SELECT c.login, s.totp_secret AS secret
  FROM account_secret s JOIN account c USING (account_id)
 WHERE s.totp_secret IS NOT NULL
 ORDER BY c.login
