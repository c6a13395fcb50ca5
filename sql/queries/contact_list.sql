-- Every contact.
SELECT a.label AS agency, a.name_vi AS name, c.address, c.added_by
  FROM agency_contact c JOIN agency a USING (agency_id)
 ORDER BY a.label COLLATE "C", c.address
