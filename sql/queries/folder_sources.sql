-- The agencies that have a folder.  A profile is for one record type; files of the others
-- are read without it.
SELECT s.agency_id, a.label, s.profile, p.type AS profile_type
  FROM source s JOIN agency a USING (agency_id)
  LEFT JOIN profile p ON p.name = s.profile AND p.state = 'on'
 WHERE s.kind = 'folder' AND s.state = 'on'
 ORDER BY a.label
