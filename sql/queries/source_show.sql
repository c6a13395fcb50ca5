-- $1 source.
SELECT s.source_id AS source, s.kind, a.label AS agency, s.state, s.type, s.format, s.url,
       s.window_days, s.first_day, s.lateness_hours, s.patience, s.credential_file, s.profile,
       s.added_by, to_char(s.added_at, 'YYYY-MM-DD HH24:MI:SS') AS added_at,
       w.*
  FROM source s
  JOIN agency a USING (agency_id)
  LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'fetched') AS fetched,
           count(*) FILTER (WHERE state = 'wanted') AS waiting,
           count(*) FILTER (WHERE state = 'failed') AS failed,
           to_char(max(fetched_at), 'YYYY-MM-DD HH24:MI:SS') AS last_fetched_at
      FROM source_window WHERE source_id = s.source_id) w ON s.kind = 'pull'
 WHERE s.source_id = $1::int
