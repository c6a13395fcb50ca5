-- Every schedule.
SELECT s.name, s.state, coalesce(o.label, 'VN') AS owner, s.report, s.indicator,
       coalesce(s.each_kind, CASE WHEN s.agency_id = 0 THEN 'VN' ELSE a.label END) AS scope, s.covers,
       s.lang, array_to_string(s.formats, ',') AS formats, s.rrule, s.zone, s.shift AS workdays,
       s.fires || coalesce(':' || s.coverage, '') AS fires, s.deadline,
       array_to_string(s.recipients, ',') AS recipients,
       to_char(s.next_run AT TIME ZONE s.zone, 'YYYY-MM-DD HH24:MI') AS next_run, s.alert_to
  FROM schedule s
  LEFT JOIN agency o ON o.agency_id = s.owner_id
  LEFT JOIN agency a ON a.agency_id = s.agency_id
 WHERE s.state <> 'removed'
 ORDER BY s.name
