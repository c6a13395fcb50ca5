-- How the database differs from this program; no row when it does not.
-- $1 the program's files, a JSON array of {"name", "sha256"}.
-- state: newer (a migration we do not know), edited (a migration whose text is
-- another one now), pending (a migration to apply), changed (views and the like).
WITH file AS (
  SELECT name, sha256, name LIKE 'sql/migrations/%' AS is_migration
    FROM jsonb_to_recordset($1::jsonb) AS f (name text, sha256 text)
)
SELECT 1 AS severity, 'newer' AS state, m.name
  FROM schema_migration m
 WHERE NOT EXISTS (SELECT FROM file f WHERE f.is_migration AND f.name = m.name)
UNION ALL
SELECT 2, 'edited', m.name
  FROM schema_migration m
  JOIN file f ON f.is_migration AND f.name = m.name AND f.sha256 <> m.sha256
UNION ALL
SELECT 3, 'pending', f.name
  FROM file f
 WHERE f.is_migration
   AND NOT EXISTS (SELECT FROM schema_migration m WHERE m.name = f.name)
UNION ALL
SELECT 4, 'changed', coalesce(f.name, d.name)
  FROM (SELECT * FROM file WHERE NOT is_migration) f
  FULL JOIN schema_definition d USING (name)
 WHERE f.sha256 IS DISTINCT FROM d.sha256
 ORDER BY severity, name
