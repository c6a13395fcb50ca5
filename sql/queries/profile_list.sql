-- Every version of every profile, the newest first.
SELECT p.name, p.version, p.type, coalesce(a.label, '') AS agency, p.state, p.author,
       to_char(p.created_at, 'YYYY-MM-DD') AS created
  FROM profile p LEFT JOIN agency a USING (agency_id)
 ORDER BY p.name, p.version DESC
