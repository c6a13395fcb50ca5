-- $1 period, $2 slug of the indicator; null: the defaults.
-- $3 as of, $4 vintage; both null for now; $5 value, rank or scale; $6 on today's agencies.
SELECT json_build_object('map', map_chart(pin($1, $3, $4), $2, $5, $6))
