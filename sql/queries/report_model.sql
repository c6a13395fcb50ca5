-- $1 period, $2 agency or null for the nation, $3 language, $4 as of, $5 vintage; both null for
-- now; $6 indicator, $7 the report.  Null: not listed.
SELECT report_of($7, p.code, $2, $3, $6) FROM (SELECT pin($1, $4, $5) AS code) p
