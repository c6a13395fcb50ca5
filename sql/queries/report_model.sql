-- $1 period, $2 agency or null for the nation, $3 language, $4 as of, $5 vintage; both null for
-- now; $6 indicator, $7 the report.  Null: not listed.
SELECT CASE $7
         WHEN 'compliance' THEN compliance_model(p.code, $2, $3)
         WHEN 'ranking' THEN ranking_report(p.code, $2, $3, $6)
         WHEN 'indicator' THEN indicator_report(p.code, $2, $3, $6)
         WHEN 'brief' THEN brief_report(p.code, $2, $3)
         WHEN 'restatement' THEN restatement_report(p.code, $2, $3)
         WHEN 'evidence' THEN evidence_report(p.code, $2, $3, $6)
       END
  FROM (SELECT pin($1, $4, $5) AS code) p
