-- $1 period, $2 reason, $3 who asks, $4 who agrees.
SELECT period_reopen($1, $2, $3, $4)
