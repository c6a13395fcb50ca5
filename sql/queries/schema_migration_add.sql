-- $1 name and $2 digest of a migration that was just applied.
INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)
