-- $1 days.  Files whose time is over, which nothing waits for.
SELECT sha256 FROM archive f
 WHERE removed_at IS NULL AND stored_at < clock_timestamp() - make_interval(days => $1::int)
   AND NOT EXISTS (SELECT FROM outbox o
                     LEFT JOIN edition_file x ON x.edition_id = o.edition_id
                    WHERE o.state IN ('queued', 'rendering', 'deferred')
                      AND f.sha256 IN (o.sha256, x.sha256))
 LIMIT 1000
