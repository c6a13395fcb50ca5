-- $1 dispute, $2 why or null, $3 who.
SELECT dispute_withdraw($1::bigint, $2, $3)
