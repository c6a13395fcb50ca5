-- $1 SHA-256 of a file, $2 the code that is printed in it, or null.  No row: neither is known.
SELECT s.state::text AS state, ((s.state ->> 'sha256') = $1)::int AS genuine
  FROM (SELECT report_file_state(report_file_find($1, $2)) AS state) s
 WHERE s.state IS NOT NULL
