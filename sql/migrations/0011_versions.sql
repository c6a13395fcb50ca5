-- 0011_versions.sql -- definitions, targets and populations are rows with a span of
-- validity, an author and a reason; what is changed is drafted, previewed, and approved
-- by a second person.  Beside them: named variants, other sets of targets, what was
-- verified, and official figures to compare with.

-- ---------------------------------------------------------------- sets of targets

-- A programme and its targets.  The Resolution's is one of them, the one that is asked
-- unless another is named.
CREATE TABLE target_set (
  set_name  text PRIMARY KEY CHECK (set_name ~ '^[A-Za-z0-9._-]{1,40}$'),
  name_vi   text NOT NULL,
  name_en   text NOT NULL,
  begins    date NOT NULL,                   -- no target of it applies on this day or before
  agency_id int REFERENCES agency,           -- whose own it is, with all below it; null: the nation's
  source    text NOT NULL CHECK (source <> ''),
  author    text NOT NULL DEFAULT 'catalogue'
);
INSERT INTO target_set (set_name, name_vi, name_en, begins, source)
VALUES ('NQ17', 'Nghị quyết 17/NQ-CP', 'Resolution 17/NQ-CP', '2019-03-07', 'seed');

-- ---------------------------------------------------------------- changes

-- A change of what is measured, of a target, or of whose figures are added up.  Until a
-- second person approves it, it changes nothing.
CREATE TABLE revision (
  revision_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind           text NOT NULL CHECK (kind IN ('target', 'definition', 'population')),
  subject        text NOT NULL,              -- a target (NQ17-02), an indicator, * for all
  slug           text REFERENCES indicator,  -- whose figures it moves; null: all
  set_name       text REFERENCES target_set, -- of a target
  effective_from date NOT NULL,              -- for periods that end on this day or later
  content        jsonb NOT NULL,             -- the columns that the new version changes
  clause         text NOT NULL DEFAULT '',
  reason         text NOT NULL CHECK (reason <> ''),
  author         text NOT NULL CHECK (author <> ''),
  drafted_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  state          text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'approved', 'dropped')),
  decided_by     text,
  decided_at     timestamptz,
  CHECK (state <> 'approved' OR (decided_by <> '' AND decided_by <> author)),
  CHECK ((state = 'draft') = (decided_by IS NULL))
);

-- Versions of a target are rows: NQ17-02, then NQ17-02/2.  Only approved ones are here.
ALTER TABLE target
  DROP CONSTRAINT target_slug_deadline_key,
  ADD line        text NOT NULL GENERATED ALWAYS AS (regexp_replace(target_id, '/\d+$', '')) STORED,
  ADD version     int NOT NULL DEFAULT 1,
  ADD set_name    text NOT NULL DEFAULT 'NQ17' REFERENCES target_set,
  ADD kinds       agency_kind[],             -- only for agencies of these kinds; null: as the indicator says
  ADD valid_from  date NOT NULL DEFAULT '-infinity',  -- of the last day of a period
  ADD valid_to    date,                      -- inclusive
  ADD revision_id bigint REFERENCES revision,
  ADD CHECK (valid_to >= valid_from),
  ADD UNIQUE (line, version),
  ADD EXCLUDE USING gist (line WITH =, daterange(valid_from, valid_to, '[]') WITH &&);

-- Other readings of an indicator, by name.
CREATE TABLE variant (
  slug          text NOT NULL REFERENCES indicator,
  name          text NOT NULL CHECK (name ~ '^[a-z0-9-]+$' AND name <> 'default'),
  replaces      text NOT NULL CHECK (replaces IN ('all', 'nation')),  -- whose figure it computes
  ordinal       int NOT NULL,
  name_vi       text NOT NULL,
  name_en       text NOT NULL,
  definition_vi text NOT NULL,
  definition_en text NOT NULL,
  PRIMARY KEY (slug, name)
);

-- What an indicator meant from when to when; the first version ships with the catalogue.
CREATE TABLE definition (
  slug          text NOT NULL REFERENCES indicator,
  version       int NOT NULL,
  formula       text NOT NULL DEFAULT 'default',  -- or the name of a variant
  valid_from    date NOT NULL DEFAULT '-infinity',
  valid_to      date,
  definition_vi text NOT NULL,
  definition_en text NOT NULL,
  revision_id   bigint REFERENCES revision,
  PRIMARY KEY (slug, version),
  CHECK (valid_to >= valid_from),
  EXCLUDE USING gist (slug WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);

-- Whose figures are added up: agencies of some kinds, and those that are named; of one
-- indicator, or (slug null) of all that have none of their own.
CREATE TABLE population (
  population_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug          text REFERENCES indicator,
  version       int NOT NULL DEFAULT 1,
  kinds         agency_kind[] NOT NULL DEFAULT '{}',
  members       int[] NOT NULL DEFAULT '{}', -- rows of the register, or what followed them
  closed        boolean NOT NULL DEFAULT false,   -- some or all of it ended with its reason
  valid_from    date NOT NULL DEFAULT '-infinity',
  valid_to      date,
  name_vi       text NOT NULL,
  name_en       text NOT NULL,
  note_vi       text NOT NULL DEFAULT '',
  note_en       text NOT NULL DEFAULT '',
  source        text NOT NULL,
  revision_id   bigint REFERENCES revision,
  CHECK (valid_to >= valid_from),
  EXCLUDE USING gist ((coalesce(slug, '*')) WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);
CREATE UNIQUE INDEX population_version ON population (coalesce(slug, '*'), version);

-- For docs/methodology.md and the page of the method.
ALTER TABLE indicator
  ADD source    text NOT NULL DEFAULT '',
  ADD limits_vi text NOT NULL DEFAULT '',
  ADD limits_en text NOT NULL DEFAULT '';

-- ---------------------------------------------------------------- evidence

-- Is the service open to enterprises?  (The second denominator of 13.)
ALTER TABLE service ADD for_enterprises boolean;

-- What the office found of a fact or a service; of the version it saw, no other.
CREATE TABLE verification (
  agency_id   int NOT NULL REFERENCES agency,
  type        text NOT NULL CHECK (type IN ('fact', 'service')),
  key         text NOT NULL,                 -- fact, or procedure
  item        text NOT NULL DEFAULT '',
  valid_from  date NOT NULL,
  updated_at  timestamptz NOT NULL,          -- of the record
  confirmed   boolean NOT NULL,
  verified_by text NOT NULL CHECK (verified_by <> ''),
  verified_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  note        text NOT NULL DEFAULT '',
  PRIMARY KEY (agency_id, type, key, item, valid_from, updated_at)
);

-- ---------------------------------------------------------------- comparison

-- Figures that others published, never used in ours.
CREATE TABLE comparator (
  comparator_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug        text NOT NULL REFERENCES indicator,
  agency_id   int NOT NULL,                  -- 0: the nation
  grp         text NOT NULL DEFAULT '' CHECK (grp IN ('', 'central', 'province')),
  period      text NOT NULL,
  numerator   bigint,
  denominator bigint CHECK (denominator > 0),
  percent     numeric,                       -- as it was printed
  value       numeric,                       -- of a place
  publisher   text NOT NULL DEFAULT '',
  source      text NOT NULL CHECK (source <> ''),
  note_vi     text NOT NULL DEFAULT '',
  note_en     text NOT NULL DEFAULT '',
  added_by    text NOT NULL DEFAULT 'catalogue',
  added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (num_nonnulls(percent, value) = 1 OR num_nonnulls(numerator, denominator) = 2),
  UNIQUE (slug, agency_id, grp, period, source)
);

-- ---------------------------------------------------------------- withdrawn dossiers

-- By the local day on which they ended (ended_day() in functions/variants.sql).
CREATE INDEX dossier_gone
  ON dossier ((coalesce(resolved_day, (updated_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)))
  WHERE status = 'withdrawn';
