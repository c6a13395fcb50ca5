-- 0006_profiles.sql -- how agencies' own columns and codes become our fields, as data.

-- A change is a new version; versions are never edited.  One that is on is used, a draft
-- can only be tried.
CREATE TABLE profile (
  name       text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  version    int NOT NULL,
  type       text NOT NULL,
  agency_id  int REFERENCES agency,          -- whose systems send so; null: anybody's
  state      text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'on', 'off')),
  definition text NOT NULL,                  -- JSON, as it was written
  author     text NOT NULL CHECK (author <> ''),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (name, version)
);
ALTER TABLE profile ADD CONSTRAINT profile_one_on
  EXCLUDE USING btree (name WITH =) WHERE (state = 'on') DEFERRABLE;
