-- $1 sources that are being asked already.  The window that has been due for longest.
SELECT w.source_id, w.first_day - '1970-01-01'::date AS first_day, w.first_day AS day,
       w.tries, w.etag, s.agency_id, a.label, s.profile, s.type, s.format, s.url,
       s.window_days, s.patience, s.credential_file
  FROM source_window w JOIN source s USING (source_id) JOIN agency a USING (agency_id)
 WHERE w.state <> 'fetched' AND w.next_try <= clock_timestamp()
   AND s.state = 'on' AND w.source_id <> ALL ($1::int[])
 ORDER BY w.next_try, w.first_day
 LIMIT 1
