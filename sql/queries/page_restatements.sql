-- $1 period; null: the default.  $2 agency, $3 slug of an indicator; null: all.
-- $4 as of, $5 vintage; both null for now.
SELECT page_restatements(pin($1, $4, $5), $2, $3)
