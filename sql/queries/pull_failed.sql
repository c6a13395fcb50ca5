-- $1 source, $2 window, $3 seconds until it is asked for again, $4 why it failed.
UPDATE source_window
   SET state = 'failed', tries = tries + 1, etag = NULL, last_error = $4,
       next_try = clock_timestamp() + make_interval(secs => $3::int)
 WHERE source_id = $1::int AND first_day = $2::date
