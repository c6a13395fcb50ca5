-- 0010_vintages.sql -- what was published, for good: rows are added and never changed
-- (sql/functions/vintages.sql refuses it even to the owner).

-- The observations of a period, frozen at a moment.  The first of a period has no
-- previous one, every other restates exactly one: two publications at once cannot both be
-- the next.
CREATE TABLE vintage (
  vintage_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  period        text NOT NULL,
  published_at  timestamptz NOT NULL UNIQUE,
  published_by  text NOT NULL CHECK (published_by <> ''),
  as_of         timestamptz NOT NULL,        -- of the store: its newest batch or change
  sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),  -- docs/vintages.md
  observations  int NOT NULL,
  previous      bigint UNIQUE REFERENCES vintage,
  -- A second person takes it as it is, although something stands against it.
  acceptance    text CHECK (acceptance <> ''),
  accepted_by   text CHECK (accepted_by <> '' AND lower(accepted_by) <> lower(published_by)),
  findings      jsonb NOT NULL,              -- publish_check(): what was shown before
  sample        boolean NOT NULL,
  -- What causes of later differences are told from.
  batches       int8multirange NOT NULL,     -- the batches that stood in the store
  register      jsonb NOT NULL,              -- the agencies, by agency_id
  catalogue     jsonb NOT NULL,              -- definitions and targets
  CHECK ((acceptance IS NULL) = (accepted_by IS NULL))
);
CREATE UNIQUE INDEX vintage_first ON vintage (period) WHERE previous IS NULL;
CREATE INDEX vintage_period ON vintage (period, published_at);

CREATE TABLE vintage_observation (
  agency_id  int NOT NULL,                   -- 0: the nation
  vintage_id bigint NOT NULL REFERENCES vintage,
  indicator  text NOT NULL,
  line       jsonb NOT NULL,                 -- the row type observation, whole
  object     json NOT NULL,                  -- the same as it was answered, with names
  PRIMARY KEY (agency_id, vintage_id, indicator)
);
CREATE INDEX vintage_observation_vintage ON vintage_observation (vintage_id, indicator);

-- A final period is worked on again: its figures are provisional until it is published
-- anew.  It takes two people.
CREATE TABLE reopening (
  vintage_id   bigint PRIMARY KEY REFERENCES vintage,   -- the newest of its period then
  reason       text NOT NULL CHECK (reason <> ''),
  requested_by text NOT NULL CHECK (requested_by <> ''),
  approved_by  text NOT NULL
               CHECK (approved_by <> '' AND lower(approved_by) <> lower(requested_by)),
  reopened_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- An agency contests a figure.  Open while CLOSED_AT is null; one that was accepted is the
-- cause of what its batch changed (restatements.sql).
CREATE TABLE dispute (
  agency_id    int NOT NULL,
  dispute_id   bigint GENERATED ALWAYS AS IDENTITY,
  period       text NOT NULL,
  indicator    text NOT NULL,
  statement    text NOT NULL CHECK (statement <> ''),
  evidence_url text,
  opened_by    text NOT NULL CHECK (opened_by <> ''),
  opened_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at    timestamptz,
  closed_by    text,
  outcome      text CHECK (outcome IN ('accepted', 'rejected', 'taken_back')),
  answer       text,
  batch_id     bigint REFERENCES batch,      -- what mended the figure
  PRIMARY KEY (agency_id, dispute_id),
  CHECK ((closed_at IS NULL) = (outcome IS NULL))
);

-- What a batch replaced is found by it: batches lie close together, so an index of ranges
-- is enough.  Dossiers have none: even such a one cost an import a twentieth of its time,
-- and reading them all costs a tenth of a second a million, when something has changed.
CREATE INDEX dossier_history_batch ON dossier_history USING brin (batch_id, replaced_by)
  WITH (pages_per_range = 32, autosummarize = on);
