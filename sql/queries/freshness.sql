-- $1 agency or null, $2 record type or null, $3 state or null, $4 the moment or null for now.
SELECT f.agency, f.type, f.last_record, to_char(f.last_arrival, 'YYYY-MM-DD HH24:MI:SS') AS last_arrival,
       f.days, to_char(f.expected, 'YYYY-MM-DD HH24:MI:SS') AS expected, f.state
  FROM freshness(coalesce($4::timestamptz, now())) f
 WHERE ($1::text IS NULL OR f.agency = (SELECT label FROM agency WHERE agency_id = office_agency($1)))
   AND ($2::text IS NULL OR f.type = $2) AND ($3::text IS NULL OR f.state = $3)
 ORDER BY f.agency COLLATE "C", array_position('{dossier,service,fact,count,milestone}', f.type)
