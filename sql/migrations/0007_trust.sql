-- 0007_trust.sql -- what was sent can be taken back, mended, compared and told apart.

-- ---------------------------------------------------------------- withdrawal

-- A batch taken back, or a request to do so that waits for a second person.
CREATE TABLE withdrawal (
  batch_id     bigint PRIMARY KEY REFERENCES batch,
  reason       text NOT NULL CHECK (reason <> ''),
  requested_by text NOT NULL CHECK (requested_by <> ''),
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  approved_by  text CHECK (approved_by <> requested_by),  -- null: one person was enough
  withdrawn_at timestamptz,                  -- null: waits for a second person
  delivery     text,                         -- the name it had, free again for its sender
  removed      bigint,                       -- records that are gone
  restored     bigint,                       -- whose version before it holds again
  kept         bigint                        -- that another batch had brought as well
);

-- Versions of withdrawn batches.  They are no part of dossier_history any more: what is
-- there may hold again, and a version that is sent again must not meet itself.
CREATE TABLE dossier_withdrawn (
  LIKE dossier,
  was_current boolean NOT NULL
);
CREATE INDEX dossier_withdrawn_code ON dossier_withdrawn (agency_id, dossier);

-- The same of the other record types, whole, as JSON.
CREATE TABLE record_withdrawn (
  agency_id   int NOT NULL,
  type        text NOT NULL,
  key         text NOT NULL,
  updated_at  timestamptz NOT NULL,
  batch_id    bigint NOT NULL REFERENCES batch,
  was_current boolean NOT NULL,
  record      jsonb NOT NULL
);
CREATE INDEX record_withdrawn_key ON record_withdrawn (agency_id, type, key);

-- Which batches brought a version that was there already (a duplicate): when the one that
-- brought it first is withdrawn, the version is theirs.  Written with every duplicate, so
-- without a key; read only by withdrawals.
CREATE TABLE dossier_echo (
  agency_id  int NOT NULL,
  dossier    text NOT NULL,
  updated_at timestamptz NOT NULL,
  status     dossier_status NOT NULL,
  batch_id   bigint NOT NULL
);
CREATE INDEX dossier_echo_batch ON dossier_echo USING brin (batch_id);

-- Records of the other types that were known already, or older than what is.
CREATE TABLE record_echo (
  agency_id  int NOT NULL,
  type       text NOT NULL,
  key        text NOT NULL,
  updated_at timestamptz NOT NULL,
  batch_id   bigint NOT NULL REFERENCES batch,
  record     jsonb NOT NULL
);
CREATE INDEX record_echo_key ON record_echo (agency_id, type, key);
CREATE INDEX record_echo_batch ON record_echo (batch_id);

CREATE INDEX event_seen_batch ON event_seen USING brin (batch_id);

-- ---------------------------------------------------------------- quarantine

-- RECORD holds at most 64 KiB of the text; its length and hash are of the whole, as far as
-- it may be known (personal data is masked before it is hashed: a number of nine digits
-- is found from its hash in no time).
ALTER TABLE quarantine
  ADD length     bigint,
  ADD masked     boolean NOT NULL DEFAULT false,  -- RECORD is not what came
  ADD sha256     bytea,
  ADD settled_by bigint REFERENCES batch,    -- null: it waits to be mended
  ADD settled_as text CHECK (settled_as IN ('accepted', 'refused_again', 'withdrawn')),
  ADD CHECK ((settled_by IS NULL) = (settled_as IS NULL));
CREATE INDEX quarantine_open ON quarantine (agency_id, dossier) WHERE settled_by IS NULL;
CREATE INDEX quarantine_settled ON quarantine (settled_by) WHERE settled_by IS NOT NULL;

-- How the refused records of a batch are to be read again.
ALTER TABLE batch
  ADD format text,                           -- csv, ndjson, cloudevents
  ADD header text;                           -- of a CSV file, as it came

-- ---------------------------------------------------------------- freshness

-- In how many days something new is expected; agency 0: for every agency that has none
-- of its own.
CREATE TABLE cadence (
  agency_id int NOT NULL,
  type      text NOT NULL CHECK (type IN ('dossier', 'service', 'fact', 'count', 'milestone')),
  days      int NOT NULL CHECK (days BETWEEN 1 AND 3660),
  PRIMARY KEY (agency_id, type)
);
INSERT INTO cadence (agency_id, type, days)
VALUES (0, 'dossier', 3), (0, 'service', 92), (0, 'fact', 184), (0, 'count', 31),
       (0, 'milestone', 92);

-- Whose records a batch brought, whatever became of them.
CREATE TABLE batch_agency (
  agency_id int NOT NULL,
  type      text NOT NULL,
  batch_id  bigint NOT NULL REFERENCES batch,
  PRIMARY KEY (agency_id, type, batch_id)
);
CREATE INDEX batch_agency_batch ON batch_agency (batch_id);

-- ---------------------------------------------------------------- aliases

-- Another code of a procedure; agency 0: for every agency.
CREATE TABLE procedure_alias (
  agency_id int NOT NULL,
  alias     text NOT NULL,
  procedure text NOT NULL CHECK (procedure <> alias),
  added_by  text NOT NULL,
  added_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (agency_id, alias)
);

-- Another code of a dossier (MaHoSoKhac; the code that a second system gave it).
CREATE TABLE dossier_alias (
  agency_id int NOT NULL,
  alias     text NOT NULL,
  dossier   text NOT NULL CHECK (dossier <> alias),
  added_by  text NOT NULL,
  added_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (agency_id, alias)
);

COMMENT ON COLUMN store.catalogue_at IS
  'The last change of a figure that no batch made: catalogue, withdrawal, alias, source.';
