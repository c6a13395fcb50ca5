-- $1 agency, $2 schedule, $3 period, $4 revision.
SELECT edition_id FROM edition
 WHERE agency_id = $1::int AND schedule_id = $2::bigint AND period = $3 AND revision = $4::bigint
