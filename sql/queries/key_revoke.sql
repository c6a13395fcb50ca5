-- $1 the number of a key.  Null where there is none; revoking twice is revoking once.
SELECT key_revoke($1::int)
