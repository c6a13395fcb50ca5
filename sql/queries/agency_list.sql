-- The register.
SELECT a.label AS agency, a.kind, a.name_vi, a.valid_from, a.valid_to, s.label AS successor,
       CASE WHEN a.records_from = 'infinity' THEN 'totals'
            WHEN r.day IS NULL THEN '' ELSE 'records from ' || r.day END AS source
  FROM agency a LEFT JOIN agency s ON s.agency_id = a.successor_id
  LEFT JOIN records_start r ON r.agency_id = a.agency_id
 ORDER BY a.label COLLATE "C"
