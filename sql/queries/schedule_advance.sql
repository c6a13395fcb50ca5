-- $1 schedule, $2 days and $3 moments of the runs that came, oldest first, $4 and $5 those of
-- the next one or null.
SELECT schedule_due($1::bigint, $2::date[],
                    ARRAY(SELECT to_timestamp(m) FROM unnest($3::bigint[]) WITH ORDINALITY u(m, n)
                           ORDER BY n),
                    to_timestamp($4::bigint), '1970-01-01'::date + $5::int)
