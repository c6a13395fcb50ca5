-- $1 dispute, $2 whether it is accepted, $3 why, $4 the batch that mends it or null, $5 who.
SELECT dispute_answer($1::bigint, $2::boolean, $3, $4::bigint, $5)
