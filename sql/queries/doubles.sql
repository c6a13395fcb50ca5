-- $1 agency or null.
SELECT agency, procedure, to_char(received_at, 'YYYY-MM-DD HH24:MI:SS') AS received_at, same, count,
       dossiers
  FROM doubles(office_agency($1))
 LIMIT 1000
