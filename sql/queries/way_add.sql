-- $1 name, $2 owner, $3 where it leads, $4 file of credentials or null, $5 who adds it.  No row:
-- there is no such agency.
INSERT INTO delivery_way (name, owner_id, recipient, credential_file, added_by)
SELECT $1, o.id, $3, $4, $5
  FROM (SELECT CASE WHEN $2 = 'VN' THEN 0 ELSE agency_on($2, office_today()) END AS id) o
 WHERE o.id IS NOT NULL
RETURNING way_id
