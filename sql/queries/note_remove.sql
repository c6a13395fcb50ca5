-- $1 note, $2 who.
SELECT note_remove($1::bigint, $2)
