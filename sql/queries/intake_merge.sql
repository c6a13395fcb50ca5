-- $1 record type, $2 batch, $3 the agencies in the stage.
SELECT accepted, corrected, duplicate, stale FROM intake_merge($1, $2::bigint, $3::int[])
