-- $1 session, $2 delivery.
SELECT delivery, type, format, file, agency, scope FROM upload_send($1::bigint, $2)
