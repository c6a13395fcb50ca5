-- $1 agency, $2 first day, $3 last day, $4 codes, $5 and $6 the days they were received and
-- resolved.
SELECT dossier, finding, detail
  FROM reconcile_codes(office_agency($1), $2::date, $3::date, $4::text[], $5::date[], $6::date[])
