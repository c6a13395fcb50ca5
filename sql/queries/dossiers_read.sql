-- $1 agency, $2 period or null, $3 indicator, $4 where the page began or null: who asks read
-- dossiers.
SELECT log_action('dossiers_read', 'figure:' || a.label || '/' || $3,
                  jsonb_build_object('period', page_period($2), 'after', $4), a.agency_id)
  FROM agency a WHERE a.agency_id = agency_in($1, page_period($2))
