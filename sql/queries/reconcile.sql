-- $1 agency or null for all, $2 first day, $3 last day.
SELECT agency, day, measure, reported, counted, difference
  FROM reconcile(office_agency($1), $2::date, $3::date)
