-- $1 agency, of today or by the name of its row, $2 address, $3 who adds it.  No row: there
-- is no such agency.
INSERT INTO agency_contact (agency_id, address, added_by)
SELECT id, lower($2), $3
  FROM (SELECT coalesce(agency_on($1, office_today()),
                        (SELECT agency_id FROM agency WHERE label = $1)) AS id) a
 WHERE id IS NOT NULL
ON CONFLICT (agency_id, address) DO UPDATE SET added_by = excluded.added_by
RETURNING agency_id
