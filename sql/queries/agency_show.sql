-- $1 agency.
SELECT a.label AS agency, a.code, a.kind, a.name_vi, a.name_en, a.region, a.valid_from, a.valid_to,
       s.label AS successor,
       (SELECT string_agg(p.label, ', ' ORDER BY p.label COLLATE "C") FROM agency p
         WHERE p.successor_id = a.agency_id) AS predecessors,
       (SELECT string_agg(i.identifier, ', ' ORDER BY i.identifier COLLATE "C")
          FROM agency_identifier i WHERE i.agency_id = a.agency_id) AS identifiers,
       CASE WHEN a.records_from = 'infinity' THEN 'totals, set by the office'
            WHEN a.records_from IS NOT NULL THEN 'records from ' || a.records_from
                                                 || ', set by the office'
            WHEN r.day IS NOT NULL THEN 'records from ' || r.day || ', its first dossier'
            ELSE 'totals, until its first dossier' END AS source,
       (SELECT string_agg(format('%s every %s days', e.type, coalesce(o.days, e.days)), ', '
                          ORDER BY e.type)
          FROM cadence e LEFT JOIN cadence o ON o.agency_id = a.agency_id AND o.type = e.type
         WHERE e.agency_id = 0) AS cadence,
       (SELECT coalesce(sum(t.received), 0) FROM day_total t WHERE t.agency_id = a.agency_id) AS dossiers
  FROM agency a LEFT JOIN agency s ON s.agency_id = a.successor_id
  LEFT JOIN records_start r ON r.agency_id = a.agency_id
 WHERE a.agency_id = office_agency($1)
