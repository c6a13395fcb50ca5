-- The sources that are asked, and the newest window of each in its ledger.
SELECT s.source_id, s.first_day - '1970-01-01'::date AS first_day, s.window_days,
       s.lateness_hours, max(w.first_day) - '1970-01-01'::date AS newest
  FROM source s LEFT JOIN source_window w USING (source_id)
 WHERE s.kind = 'pull' AND s.state = 'on'
 GROUP BY s.source_id
