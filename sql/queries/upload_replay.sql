-- $1 session, $2 batch.
SELECT delivery, scope, agency, type, file, body FROM upload_replay($1::bigint, $2)
