-- $1 source, $2 the newest window that is due, as days since 1970.  Enters it and those
-- before it that are missing.
INSERT INTO source_window (source_id, first_day)
SELECT s.source_id, day::date
  FROM source s,
       generate_series(s.first_day, '1970-01-01'::date + $2::int,
                       make_interval(days => s.window_days)) AS day
 WHERE s.source_id = $1::int
ON CONFLICT DO NOTHING
