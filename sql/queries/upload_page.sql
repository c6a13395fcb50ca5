-- $1 session, $2 delivery.
SELECT upload_page($1::bigint, $2)
