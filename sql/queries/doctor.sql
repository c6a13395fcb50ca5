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
         AS audit_differences
