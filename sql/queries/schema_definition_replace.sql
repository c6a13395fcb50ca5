-- $1 the program's files as in schema_state.sql; they were just applied.  Live figures are as of
-- now where the catalogue is another than before.
WITH file AS (
  SELECT name, sha256
    FROM jsonb_to_recordset($1::jsonb) AS f (name text, sha256 text)
   WHERE name NOT LIKE 'sql/migrations/%'
), catalogue AS (
  SELECT encode(sha256(convert_to(string_agg(name || sha256, ' ' ORDER BY name COLLATE "C"), 'UTF8')), 'hex') AS sha256
    FROM file WHERE name LIKE 'sql/catalogue/%'
), dated AS (
  UPDATE store s SET catalogue_at = now(), catalogue_sha256 = c.sha256
    FROM catalogue c WHERE s.catalogue_sha256 IS DISTINCT FROM c.sha256
), dropped AS (
  DELETE FROM schema_definition d
   WHERE NOT EXISTS (SELECT FROM file f WHERE f.name = d.name)
)
INSERT INTO schema_definition (name, sha256)
SELECT name, sha256 FROM file
ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = now()
