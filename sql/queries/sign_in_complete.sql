-- $1 sha256 of the token, $2 that of its new one, $3 the step of the code, $4 hours.
SELECT sign_in_complete($1, $2, $3::bigint, $4::int)
