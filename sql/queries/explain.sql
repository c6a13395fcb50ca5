-- $1 period, $2 agency, $3 indicator, $4 as of, $5 vintage; both null for now.  Null when
-- the figure has no line.
SELECT explain_pinned(pin($1, $4, $5), $2, $3, true)
