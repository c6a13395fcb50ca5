-- 0041_pending_code.sql -- whose telephone a secret of the second step is for.

-- The session in which the password was asked for and the secret was made: as long as it is not
-- confirmed, no other shows it or confirms it.
ALTER TABLE account_secret ADD COLUMN totp_session bigint;
