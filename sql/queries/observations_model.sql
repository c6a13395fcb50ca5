-- $1 period, $2 agency or null, $3 indicator or null, $4 unverified ones too,
-- $5 as of, or null for now, $6 on today's agencies.
SELECT observations_model($1, $2, $3, $4::boolean, $5::timestamptz, $6::boolean)
