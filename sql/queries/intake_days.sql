-- $1 agencies, $2 days (from 2000-01-01).  The places (from 1) of the pairs for which the
-- store holds dossiers, by the day of receipt.
SELECT place
  FROM unnest($1::int[], $2::int[]) WITH ORDINALITY p (agency_id, day, place)
  JOIN day_total t ON t.agency_id = p.agency_id AND t.day = date '2000-01-01' + p.day
 WHERE t.received > 0
