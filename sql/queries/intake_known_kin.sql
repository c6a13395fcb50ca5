-- $1 agencies, $2 dossier codes.  The places (from 1) of those that a predecessor or a
-- successor of the agency holds.
WITH holding AS MATERIALIZED (
  SELECT agency_id, kin_id FROM kin_holding WHERE agency_id = ANY ($1::int[])
)
SELECT DISTINCT place
  FROM unnest($1::int[], $2::text[]) WITH ORDINALITY p (agency_id, dossier, place)
  JOIN holding k USING (agency_id)
 WHERE EXISTS (SELECT FROM dossier d
                WHERE d.agency_id = k.kin_id AND d.dossier = p.dossier OFFSET 0)
