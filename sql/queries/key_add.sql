-- $1 agency, $2 sha256 of the secret, $3 types separated by commas, $4 the last day of
-- the key or null.
SELECT key_add($1::int, $2, string_to_array($3, ','), $4::date)
