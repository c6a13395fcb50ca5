-- $1 source, $2 window, $3 delivery or null (nothing new), $4 etag or null.
UPDATE source_window
   SET state = 'fetched', fetched_at = clock_timestamp(), last_error = NULL,
       delivery = coalesce($3, delivery), etag = coalesce($4, etag)
 WHERE source_id = $1::int AND first_day = $2::date
