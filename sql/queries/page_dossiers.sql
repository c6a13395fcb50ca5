-- $1 period, $2 agency, $3 indicator, $4 procedure, $5 after.
SELECT page_dossiers($1, $2, $3, $4, $5)
