-- The roles of NQ17 in a database that is not ours, made by an administrator's
-- login (`nq17 db init`), who may act as each of them.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY
    ARRAY['nq17_owner', 'nq17_collector', 'nq17_web', 'nq17_reports']
  LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
    -- It copies records straight into their tables, which row-level security would not let it
    -- (collector/bulk.c); where only a superuser may grant this, it takes a way around.
    IF wanted = 'nq17_collector' AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
      ALTER ROLE nq17_collector BYPASSRLS;
    END IF;
    IF NOT pg_has_role(session_user, wanted, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO %I', wanted, session_user);
    END IF;
  END LOOP;
  EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO nq17_owner', current_database());
END
$$;

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
