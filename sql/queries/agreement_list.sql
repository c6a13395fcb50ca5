-- $1 agency, $2 period; null: all.
SELECT agency, period, indicator, figures, CASE WHEN holds THEN 'agreed' ELSE 'changed' END AS state,
       agreed_by, to_char(agreed_at, 'YYYY-MM-DD HH24:MI:SS') AS agreed_at
  FROM agreement_list($1, $2)
