-- Every source and how its windows stand.
SELECT s.source_id AS source, s.kind, a.label AS agency, s.state, s.type, s.format, s.url,
       w.fetched, w.waiting, w.failed, s.profile
  FROM source s
  JOIN agency a USING (agency_id)
  LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'fetched') AS fetched,
           count(*) FILTER (WHERE state = 'wanted') AS waiting,
           count(*) FILTER (WHERE state = 'failed') AS failed
      FROM source_window WHERE source_id = s.source_id) w ON s.kind = 'pull'
 ORDER BY s.source_id
