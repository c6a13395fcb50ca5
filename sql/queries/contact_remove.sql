-- $1 agency or null for all, $2 address.
WITH gone AS (
  DELETE FROM agency_contact c USING agency a
   WHERE a.agency_id = c.agency_id AND ($1::text IS NULL OR a.label = $1) AND c.address = lower($2)
   RETURNING c.address
)
SELECT count(*) AS count FROM gone
