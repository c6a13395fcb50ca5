-- $1 agency, $2 record type, $3 days.
SELECT cadence_set(office_agency($1), $2, $3::int)
