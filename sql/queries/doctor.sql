-- What `nq17 doctor` asks the server; one row.
SELECT current_setting('server_version') AS version,
       (SELECT pg_encoding_to_char(encoding) FROM pg_database
         WHERE datname = current_database()) AS encoding,
       current_setting('fsync') AS fsync,
       extract(epoch FROM clock_timestamp())::text AS clock,
       coalesce((SELECT to_char(ended_at, 'YYYY-MM-DD HH24:MI') || ': ' || figures || ' figures, '
                        || differences || ' differences' FROM nq17.audit_run
                  ORDER BY ended_at DESC LIMIT 1), 'not yet; nq17 audit') AS audit,
       coalesce((SELECT differences FROM nq17.audit_run ORDER BY ended_at DESC LIMIT 1), 0)
         AS audit_differences,
       (SELECT count(*) FILTER (WHERE outbox.state IN ('failed', 'uncertain')
                                  AND settled_at > clock_timestamp() - interval '7 days')
               || ' failed or uncertain in 7 days, '
               || count(*) FILTER (WHERE outbox.state IN ('queued', 'deferred', 'rendering')
                                     AND queued_at < clock_timestamp() - interval '1 hour')
               || ' waiting for more than an hour'
          FROM nq17.outbox JOIN nq17.schedule s USING (schedule_id) WHERE s.state = 'active') AS outbox,
       (SELECT count(*) FROM nq17.outbox o JOIN nq17.schedule s USING (schedule_id)
         WHERE s.state = 'active'
           AND (o.state IN ('failed', 'uncertain') AND settled_at > clock_timestamp() - interval '7 days'
                OR o.state IN ('queued', 'deferred', 'rendering')
                   AND queued_at < clock_timestamp() - interval '1 hour')) AS outbox_troubles
