-- $1 agency, $2 language.
SELECT $1 AS agency, $2 AS lang, CASE WHEN isfinite(l.valid_from) THEN l.valid_from::text END AS "from",
       l.parent, l.name, l.symbol, l.place, replace(l.receivers, E'\n', '; ') AS "to",
       replace(l.recipients, E'\n', '; ') AS recipients, replace(l.position, E'\n', '; ') AS position, l.signer
  FROM letterhead_row(office_agency($1), $2, (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) l
 WHERE l.agency_id IS NOT NULL
