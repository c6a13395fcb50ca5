-- $1 agency, $2 address, $3 who adds it.  No row: there is no such agency today.
INSERT INTO agency_contact (agency_id, address, added_by)
SELECT id, lower($2), $3 FROM agency_on($1, office_today()) AS id WHERE id IS NOT NULL
ON CONFLICT (agency_id, address) DO UPDATE SET added_by = excluded.added_by
RETURNING agency_id
