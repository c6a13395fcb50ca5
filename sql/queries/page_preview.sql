-- $1 period, $2 agency, $3 what to say; null: what is closest.
SELECT preview_page($1, $2, $3)
