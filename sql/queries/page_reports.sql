-- $1 period; null: the default.  $2 as of, $3 vintage; both null for now.
SELECT page_reports(pin($1, $2, $3))
