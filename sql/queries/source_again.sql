-- $1 source, $2 first and $3 last day.  The windows between them are wanted again; what
-- comes as it came before changes nothing.
UPDATE source_window w
   SET state = 'wanted', tries = 0, next_try = clock_timestamp(), last_error = NULL,
       etag = NULL
  FROM source s
 WHERE s.source_id = w.source_id AND s.source_id = $1::int
   AND w.first_day <= $3::date AND w.first_day + s.window_days > $2::date
RETURNING w.first_day
