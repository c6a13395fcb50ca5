-- The memory of base/schema.c: what was applied to this database, and when.
CREATE SCHEMA IF NOT EXISTS nq17;

CREATE TABLE IF NOT EXISTS nq17.schema_migration (
  name       text PRIMARY KEY,
  sha256     text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE nq17.schema_migration IS 'files of sql/migrations, applied once and in order';

CREATE TABLE IF NOT EXISTS nq17.schema_definition (
  name       text PRIMARY KEY,
  sha256     text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE nq17.schema_definition IS
  'files of sql/functions, views, catalogue and roles.sql, applied again when one changes';

GRANT USAGE ON SCHEMA nq17 TO nq17_collector, nq17_web, nq17_reports;
GRANT SELECT ON nq17.schema_migration, nq17.schema_definition
  TO nq17_collector, nq17_web, nq17_reports;
