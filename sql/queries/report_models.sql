-- $1 period, $2 languages, $3 as of, $4 vintage; both null for now; $5 indicator, $6 the report.
-- A row for each agency and language.
SELECT m.agency, m.lang, m.model
  FROM (SELECT pin($1, $3, $4) AS code) p
 CROSS JOIN LATERAL report_of_each($6, p.code, $2::text[], $5) m
