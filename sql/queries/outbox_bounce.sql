-- $1 Message-ID, $2 original and $3 final recipient, $4 reason, $5 who hears of failures where the
-- schedule names nobody.  bounced, unknown, or later.
SELECT outbox_bounce($1, $2, $3, $4, $5)
