-- $1 type of the batch: dossier, service, fact, count or national.  Whose records on the stage fall into periods
-- that were published, how many, and which periods.
SELECT coalesce(a.label, 'VN') AS agency, l.late AS value, l.periods AS detail
  FROM late_rows($1) l LEFT JOIN agency a USING (agency_id)
 ORDER BY coalesce(a.label, 'VN') COLLATE "C"
