-- 0015_accounts.sql -- who signs in, their sessions, and the log of what was done.

-- Roles of an agency: viewer, sender, leader.  Of the office: office, auditor,
-- administrator; they belong to no agency.  An account is never deleted: its name stands
-- in the log, and must not become somebody else's.
CREATE TABLE account (
  account_id    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  login         text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._@-]{1,62}$'),
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  role          text NOT NULL
                CHECK (role IN ('viewer', 'sender', 'leader', 'office', 'auditor', 'administrator')),
  agency_id     int REFERENCES agency,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_by    text NOT NULL,
  signed_in_at  timestamptz,
  locked_at     timestamptz,                 -- by somebody; null: open
  locked_by     text,
  removed_at    timestamptz,
  CHECK ((agency_id IS NULL) = (role IN ('office', 'auditor', 'administrator')))
);

-- Apart, so that no list of accounts can hold one by mistake.  Read by the functions of
-- account.sql alone.
CREATE TABLE account_secret (
  account_id    int PRIMARY KEY REFERENCES account,
  password_hash text,                        -- argon2id, as libsodium prints it; null: none
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  failures      int NOT NULL DEFAULT 0,      -- since the last time it went well
  paused_until  timestamptz,                 -- after failures; grows with each
  totp_secret   bytea,                       -- null: one step only
  totp_on       boolean NOT NULL DEFAULT false,  -- false: not confirmed yet
  totp_step     bigint NOT NULL DEFAULT 0    -- the newest that was used: none is used twice
);

-- The token is 256 random bits, kept as a hash: who reads this table can not sign in.
CREATE TABLE session (
  session_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id    int NOT NULL REFERENCES account,
  sha256        text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  way           text NOT NULL CHECK (way IN ('password', 'proxy')),
  is_whole      boolean NOT NULL,            -- false: the second step is still to come
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at       timestamptz NOT NULL DEFAULT clock_timestamp(),   -- to the minute
  expires_at    timestamptz NOT NULL,
  address       text,
  agent         text,                        -- what the browser calls itself
  ended_at      timestamptz
);
CREATE INDEX session_account ON session (account_id);

-- Entries are chained: HASH covers the entry and PREVIOUS, the hash of the one before it.
CREATE TABLE audit_log (
  id       bigint PRIMARY KEY CHECK (id > 0),
  at       timestamptz NOT NULL,
  actor    text NOT NULL,
  role     text NOT NULL,
  action   text NOT NULL,
  object   text NOT NULL,
  details  jsonb NOT NULL,
  agency_id int,                             -- whose business it is; null: the office's
  previous bytea NOT NULL,
  hash     bytea NOT NULL
);
CREATE INDEX audit_log_agency ON audit_log (agency_id, id) WHERE agency_id IS NOT NULL;
CREATE INDEX audit_log_actor ON audit_log (actor, id);
