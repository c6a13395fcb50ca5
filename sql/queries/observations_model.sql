-- $1 period, $2 agency or null, $3 indicator or null, $4 unverified ones too,
-- $5 as of, $6 vintage; both null for now; $7 on today's agencies.
SELECT observations_model(pin($1, $5, $6), $2, $3, $4::boolean, recast => $7::boolean)
