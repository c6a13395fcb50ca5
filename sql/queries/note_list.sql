-- $1 agency, $2 period, $3 indicator; null: all.
SELECT note, agency, period, indicator, text, to_char(written_at, 'YYYY-MM-DD HH24:MI:SS') AS written_at,
       written_by, to_char(removed_at, 'YYYY-MM-DD HH24:MI:SS') AS removed_at, removed_by
  FROM note_list($1, $2, $3)
