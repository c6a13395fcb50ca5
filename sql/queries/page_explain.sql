-- $1 period, $2 agency, $3 slug of the indicator.
-- $4 as of, $5 vintage; both null for now; $6 the batches though there are many dossiers;
-- $7 on today's agencies.
SELECT page_explain(pin($1, $4, $5), $2, $3, $6, $7)
