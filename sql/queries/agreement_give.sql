-- $1 agency, $2 indicator or null for all, $3 period, $4 who.
SELECT figures, sha256 FROM agreement_give($1, $2, $3, $4)
