-- $1 agency or null.
SELECT x.kind, coalesce(a.label, '') AS agency, x.alias, x.code, x.added_by,
       to_char(x.added_at, 'YYYY-MM-DD HH24:MI:SS') AS added_at
  FROM (SELECT 'dossier' AS kind, agency_id, alias, dossier AS code, added_by, added_at
          FROM dossier_alias
        UNION ALL
        SELECT 'procedure', agency_id, alias, procedure, added_by, added_at
          FROM procedure_alias) x
  LEFT JOIN agency a USING (agency_id)
 WHERE $1::text IS NULL OR x.agency_id = office_agency($1)
 ORDER BY x.kind, a.label COLLATE "C", x.alias COLLATE "C"
