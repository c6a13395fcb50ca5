-- $1 dossier or procedure.  Every alias; agency 0: for every agency.
SELECT agency_id, alias, dossier AS code FROM dossier_alias WHERE $1 = 'dossier'
UNION ALL
SELECT agency_id, alias, procedure FROM procedure_alias WHERE $1 = 'procedure'
