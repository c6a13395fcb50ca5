-- $1 the number of a key.
SELECT key_used($1::int)
