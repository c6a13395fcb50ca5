-- $1 name, $2 owner, $3 who hears of failures, $4 report, $5 agency or $6 kind, $7 kind of period,
-- $8 language, $9 formats, $10 rule, $11 start, $12 zone, $13 working-day rule, $14 what fires it,
-- $15 coverage, $16 deadline, $17 recipients, $18 file of credentials, $19 and $20 the next run
-- and its day, $21 who adds it, $22 indicator or null.  No row: there is no such agency.
INSERT INTO schedule (name, owner_id, alert_to, report, agency_id, each_kind, covers, lang, formats, rrule,
                      starts, zone, shift, fires, coverage, deadline, recipients, credential_file,
                      next_run, next_day, added_by, indicator)
SELECT $1, o.id, $3, $4, a.id, $6, $7, $8, string_to_array($9, ','), $10, $11::timestamp, $12, $13, $14,
       $15::int, $16::interval, string_to_array($17, ','), $18, to_timestamp($19::bigint),
       '1970-01-01'::date + $20::int, $21, $22
  FROM (SELECT CASE WHEN $2 = 'VN' THEN 0 ELSE agency_on($2, office_today()) END AS id) o
 CROSS JOIN (SELECT CASE WHEN $5::text IS NULL THEN NULL WHEN $5 = 'VN' THEN 0
                         ELSE coalesce(agency_on($5, office_today()),
                                       (SELECT agency_id FROM agency WHERE label = $5)) END AS id) a
 WHERE o.id IS NOT NULL AND (a.id IS NOT NULL) = ($5::text IS NOT NULL)
RETURNING schedule_id
