-- $1 period, $2 agency, $3 indicator, $4 procedure or null, $5 after, or null for the first
-- page, $6 how many or null.  The command waits for full pages.
SELECT explain_dossiers($1, $2, $3, $4, $5, coalesce($6::int, 50), 2000000000)
