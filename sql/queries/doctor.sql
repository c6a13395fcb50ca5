-- What `nq17 doctor` asks the server; one row.
SELECT current_setting('server_version') AS version,
       (SELECT pg_encoding_to_char(encoding) FROM pg_database
         WHERE datname = current_database()) AS encoding,
       current_setting('fsync') AS fsync,
       extract(epoch FROM clock_timestamp())::text AS clock
