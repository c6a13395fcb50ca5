-- $1 agency, $2 records, totals or auto, $3 first day or null.
SELECT agency_source(nullif(office_agency($1), 0), $2, $3::date)
