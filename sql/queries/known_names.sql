-- $1 period or null for the default, $2 agency or null, $3 indicator or null, $4 on today's
-- agencies: which of the names are known?
SELECT ($2::text IS NULL
        OR agency_asked($2, coalesce($1, default_period()), $4::boolean) IS NOT NULL)::int AS agency,
       ($3::text IS NULL OR EXISTS (SELECT FROM indicator WHERE slug = $3))::int AS indicator
