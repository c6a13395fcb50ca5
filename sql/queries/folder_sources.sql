-- The agencies that have a folder.
SELECT s.agency_id, a.label, s.profile
  FROM source s JOIN agency a USING (agency_id)
 WHERE s.kind = 'folder' AND s.state = 'on'
 ORDER BY a.label
