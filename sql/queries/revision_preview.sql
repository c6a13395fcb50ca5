-- $1 number, $2 kind, $3 period; null: all that it can move.
SELECT * FROM revision_preview($1::bigint, $2, $3)
