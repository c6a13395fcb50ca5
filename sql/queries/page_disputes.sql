-- $1 state, $2 agency, $3 what to say; null: all.
SELECT disputes_page($1, $2, $3)
