-- $1 period or null for the default, $2 agency or null, $3 indicator or null: which of the names are known?
SELECT ($2::text IS NULL OR agency_in($2, coalesce($1, default_period())) IS NOT NULL)::int AS agency,
       ($3::text IS NULL OR EXISTS (SELECT FROM indicator WHERE slug = $3))::int AS indicator
