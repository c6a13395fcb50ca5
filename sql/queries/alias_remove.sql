-- $1 dossier or procedure, $2 agency or null for every one, $3 alias.
SELECT alias_remove($1, coalesce(office_agency($2), 0), $3)
