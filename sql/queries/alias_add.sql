-- $1 dossier or procedure, $2 agency or null for every one, $3 aliases, $4 codes, $5 who.
SELECT added, joined
  FROM alias_add($1, coalesce(office_agency($2), 0), $3::text[], $4::text[], $5)
