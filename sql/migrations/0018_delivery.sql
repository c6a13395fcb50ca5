-- 0018_delivery.sql -- schedules, their runs, editions of reports, and the outbox.

-- A schedule belongs to an office or an agency, never to a person.  Times without a zone
-- are local to ZONE; what they come to is computed by the program (delivery/recurrence.c).
CREATE TABLE schedule (
  schedule_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  owner_id    int NOT NULL,                  -- agency; 0: the Office of the Government
  alert_to    text,                          -- who hears of failures
  report      text NOT NULL,
  indicator   text REFERENCES indicator (slug), -- of the reports that are of one
  agency_id   int,                           -- of the one edition; 0: the nation
  each_kind   text,                          -- or one edition for each agency of a kind
  covers      text NOT NULL,                 -- which kind of period: month, nd09-quarter...
  lang        text NOT NULL CHECK (lang IN ('vi', 'en')),
  formats     text[] NOT NULL CHECK (cardinality(formats) > 0),
  rrule       text NOT NULL,
  starts      timestamp NOT NULL,
  zone        text NOT NULL,
  shift       text NOT NULL CHECK (shift IN ('none', 'next', 'previous')),
  fires       text NOT NULL CHECK (fires IN ('time', 'coverage', 'published')),
  coverage    int CHECK (coverage BETWEEN 1 AND 100),
  deadline    interval CHECK (deadline > '0'),
  recipients  text[] NOT NULL CHECK (cardinality(recipients) > 0),
  credential_file text,
  state       text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'removed')),
  next_run    timestamptz,                   -- null: the rule has ended
  next_day    date,                          -- of the rule, before it was moved
  added_by    text NOT NULL,
  added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((agency_id IS NULL) <> (each_kind IS NULL)),
  CHECK ((fires = 'coverage') = (coverage IS NOT NULL)),
  CHECK ((fires = 'time') = (deadline IS NULL))
);
CREATE UNIQUE INDEX schedule_name ON schedule (name) WHERE state <> 'removed';

-- A period that a schedule reports on, once.
CREATE TABLE schedule_run (
  schedule_id bigint NOT NULL REFERENCES schedule,
  period      text NOT NULL,
  due_at      timestamptz NOT NULL,          -- when the rule asked
  deadline_at timestamptz,                   -- sent then, whoever is missing
  state       text NOT NULL CHECK (state IN ('waiting', 'fired', 'skipped')),
  fired_at    timestamptz,
  cause       text CHECK (cause IN ('time', 'coverage', 'published', 'deadline', 'hand')),
  readiness   jsonb,                         -- who was heard, and who was silent, by then
  vintage_seen bigint,                       -- the newest that was looked at for corrections
  PRIMARY KEY (schedule_id, period)
);
CREATE INDEX schedule_run_waiting ON schedule_run (due_at) WHERE state = 'waiting';

-- Whoever receives what concerns an agency.
CREATE TABLE agency_contact (
  agency_id int NOT NULL REFERENCES agency,
  address   text NOT NULL CHECK (address = lower(address)),
  added_by  text NOT NULL,
  added_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (agency_id, address)
);

-- Files by their content, under the archive folder.
CREATE TABLE archive (
  sha256     text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bytes      bigint NOT NULL,
  media_type text NOT NULL,
  stored_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamptz                     -- its time was over; the row stays
);

-- One report as it was drawn for one agency.  REVISION is 0, or the vintage that a
-- correction is of.
CREATE TABLE edition (
  agency_id    int NOT NULL,                 -- 0: the nation
  edition_id   bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  schedule_id  bigint NOT NULL REFERENCES schedule,
  period       text NOT NULL,
  revision     bigint NOT NULL,
  vintage_id   bigint REFERENCES vintage,    -- null: of figures that were not published
  as_of        timestamptz NOT NULL,
  verification text NOT NULL,
  title        text NOT NULL,
  sentence     text NOT NULL,
  figures      jsonb NOT NULL,               -- what corrections are told from
  made_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (agency_id, schedule_id, period, revision)
);

CREATE TABLE edition_file (
  edition_id bigint NOT NULL REFERENCES edition (edition_id),
  format     text NOT NULL,
  name       text NOT NULL,
  sha256     text NOT NULL REFERENCES archive,
  PRIMARY KEY (edition_id, format)
);

-- The ledger: a row for each recipient.  The unique key is the lock that keeps a second
-- one from being sent, whoever asks for it.
CREATE TABLE outbox (
  outbox_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  schedule_id bigint NOT NULL REFERENCES schedule,
  period      text NOT NULL,
  recipient   text NOT NULL,                 -- an address, or the URL of another way out
  agency_id   int NOT NULL,                  -- whose edition
  kind        text NOT NULL CHECK (kind IN ('report', 'correction', 'alert')),
  revision    bigint NOT NULL DEFAULT 0,
  state       text NOT NULL DEFAULT 'queued' CHECK (state IN
                ('queued', 'rendering', 'accepted', 'deferred', 'bounced', 'failed', 'uncertain')),
  attempts    int NOT NULL DEFAULT 0,        -- of the lease, too: who holds an older one may not go on
  next_try    timestamptz NOT NULL DEFAULT clock_timestamp(),
  lease_until timestamptz,
  leased_by   text,
  handed_at   timestamptz,                   -- all of it is with the server but the end
  edition_id  bigint REFERENCES edition (edition_id),
  message_id  text,
  sha256      text REFERENCES archive,       -- what was sent, whole
  answer      text,                          -- the server's last word, or what failed
  queued_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at  timestamptz,
  UNIQUE (schedule_id, period, recipient, agency_id, kind, revision)
);
CREATE INDEX outbox_open ON outbox (next_try)
  WHERE state IN ('queued', 'rendering', 'deferred');

-- What became of each row, step by step.
CREATE TABLE outbox_event (
  outbox_id bigint NOT NULL REFERENCES outbox,
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  state     text NOT NULL,
  answer    text
);
CREATE INDEX outbox_event_row ON outbox_event (outbox_id, at);

-- Where deliveries were made from.  A restored or copied database is somewhere else, and
-- must not send again what the original sends.
CREATE TABLE delivery_place (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  place      text NOT NULL,
  noted_by   text NOT NULL,
  noted_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
