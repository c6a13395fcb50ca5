-- $1 the number of a key.
SELECT agency_id, sha256, types, agency, ended FROM key_find($1::int)
