-- $1 session, $2 agency or null, $3 record type, $4 format, $5 file name, $6 bytes.
SELECT delivery, scope, agency FROM upload_begin($1::bigint, $2, $3, $4, $5, $6::bigint)
