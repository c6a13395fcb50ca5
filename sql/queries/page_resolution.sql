-- $1 period; null: the default.  $2 as of, $3 vintage; both null for now.
SELECT page_resolution(pin($1, $2, $3))
