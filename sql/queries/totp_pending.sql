-- One's own secret that is not confirmed yet, or null.
SELECT totp_pending()
