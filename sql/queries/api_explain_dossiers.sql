-- $1 period, $2 agency, $3 indicator, $4 procedure, $5 after, $6 how many.
SELECT api_explain_dossiers($1, $2, $3, $4, $5, $6)
