-- $1 action, $2 object, $3 details, $4 the name of an agency or null, $5 period or null.
SELECT log_action($1, $2, $3::jsonb, CASE WHEN $4::text IS NOT NULL THEN agency_in($4, page_period($5)) END)
