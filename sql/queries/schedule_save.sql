-- $1 the schedule to be changed, or null, $2 its options as JSON, $3 and $4 the next run and its
-- day, or null.
SELECT schedule_save($1::bigint, $2::jsonb, to_timestamp($3::bigint), '1970-01-01'::date + $4::int)
