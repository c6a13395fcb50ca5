-- $1 agency, $2 schedule, $3 period, $4 revision, $5 vintage or null, $6 as of,
-- $7 verification code, $8 title, $9 sentence, $10 figures.  No row: it is there already.
INSERT INTO edition (agency_id, schedule_id, period, revision, vintage_id, as_of, verification, title,
                     sentence, figures)
VALUES ($1::int, $2::bigint, $3, $4::bigint, $5::bigint, $6::timestamptz, $7, $8, $9, $10::jsonb)
ON CONFLICT DO NOTHING
RETURNING edition_id
