-- $1 period, $2 agency or null for the nation, $3 language, $4 as of, $5 vintage; both null for
-- now; $6 indicator, $7 the report.  Null: not listed.
SELECT json_joined(m.model, json_build_object(
         'issuer', letterhead_of(agency_in(coalesce($2, 'VN'), m.code), $3),
         'annex', CASE WHEN $7 = 'compliance' AND coalesce($2, 'VN') = 'VN' THEN report_annex(m.code) END))
  FROM (SELECT p.code,
               CASE $7
                 WHEN 'compliance' THEN compliance_model(p.code, $2, $3)
                 WHEN 'ranking' THEN ranking_report(p.code, $2, $3, $6)
                 WHEN 'indicator' THEN indicator_report(p.code, $2, $3, $6)
                 WHEN 'brief' THEN brief_report(p.code, $2, $3)
                 WHEN 'restatement' THEN restatement_report(p.code, $2, $3)
                 WHEN 'evidence' THEN evidence_report(p.code, $2, $3, $6)
                 WHEN 'form06a' THEN form06a_report(p.code, $2, $3)
               END AS model
          FROM (SELECT pin($1, $4, $5) AS code) p) m
 WHERE m.model IS NOT NULL
