-- $1 agency, $2 indicator, $3 period, $4 what it says, $5 who.
SELECT note_add($1, $2, $3, $4, $5) AS note
