-- $1 agency, $2 period, $3 state; null: all.
SELECT dispute, agency, period, indicator, state, due_on, days,
       to_char(opened_at, 'YYYY-MM-DD HH24:MI:SS') AS opened_at, opened_by, reason
  FROM dispute_list($1, $2, $3)
