-- $1 period, $2 who publishes, $3 why it is accepted, $4 by which second person (both null:
-- nothing is to be accepted), $5 what publish_check() found.
SELECT json_build_object('vintage', v.vintage_id, 'period', v.period,
                         'published_at', v.published_at, 'sha256', v.sha256,
                         'observations', v.observations) AS answer,
       v.previous, (v.sha256 = p.sha256)::int AS identical
  FROM publish($1, $2, $3, $4, $5::jsonb) v
  LEFT JOIN vintage p ON p.vintage_id = v.previous
