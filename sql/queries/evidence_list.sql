-- $1 agency, or null for all.  What is declared today, and what the office found of it.
SELECT a.label AS agency, d.type, d.key, nullif(d.item, '') AS item, d.value::text AS declared,
       CASE WHEN d.found THEN 'confirmed' WHEN NOT d.found THEN 'refuted' ELSE 'not checked' END AS found,
       d.verified_by, d.evidence_url
  FROM declared_on((now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) d JOIN agency a USING (agency_id)
 WHERE $1::text IS NULL OR a.agency_id = office_agency($1)
 ORDER BY a.label COLLATE "C", d.type, d.key COLLATE "C", d.item COLLATE "C"
