-- $1 period, $2 slug, $3 group of agencies: central or province, $4 on today's
-- agencies.
SELECT page_indicator($1, $2, $3, $4)
