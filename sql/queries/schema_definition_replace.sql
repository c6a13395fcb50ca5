-- $1 the program's files as in schema_state.sql; they were just applied.
WITH file AS (
  SELECT name, sha256
    FROM jsonb_to_recordset($1::jsonb) AS f (name text, sha256 text)
   WHERE name NOT LIKE 'sql/migrations/%'
), dropped AS (
  DELETE FROM schema_definition d
   WHERE NOT EXISTS (SELECT FROM file f WHERE f.name = d.name)
)
INSERT INTO schema_definition (name, sha256)
SELECT name, sha256 FROM file
ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = now()
