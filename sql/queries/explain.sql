-- $1 period, $2 agency, $3 indicator.  Null when the figure has no line.
SELECT explain($1, $2, $3, true)
