-- $1 kind, $2 agency, $3 profile or null, $4 who adds it; of pull sources, else null:
-- $5 record type, $6 format, $7 address, $8 days of a window, $9 first day, $10 lateness
-- in hours, $11 patience in seconds, $12 file of credentials or null.
-- No row: there is no such agency today.
INSERT INTO source (kind, agency_id, profile, added_by, type, format, url, window_days,
                    first_day, lateness_hours, patience, credential_file)
SELECT $1, id, $3, $4, $5, $6, $7, $8::int, $9::date, $10::int, $11::int, $12
  FROM agency_on($2, (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) AS id
 WHERE id IS NOT NULL
RETURNING source_id
