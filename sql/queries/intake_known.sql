-- $1 agencies, $2 dossier codes.  The places (from 1) of those that the agency holds.
SELECT place
  FROM unnest($1::int[], $2::text[]) WITH ORDINALITY p (agency_id, dossier, place)
 WHERE EXISTS (SELECT FROM dossier d
                WHERE d.agency_id = p.agency_id AND d.dossier = p.dossier OFFSET 0)
