-- 0027_single_sign_on.sql -- whom an OpenID provider calls what; who had a report made.

-- A person of the provider is ISSUER and SUBJECT together, for good: names and addresses
-- are given to others some day.  One account for each, one of them for each account.
CREATE TABLE account_subject (
  account_id    int PRIMARY KEY REFERENCES account,
  issuer        text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 500),
  subject       text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  pinned_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  pinned_by     text NOT NULL,               -- an administrator, or the account at its first sign-in
  UNIQUE (issuer, subject)
);

ALTER TABLE session DROP CONSTRAINT session_way_check;
ALTER TABLE session ADD CONSTRAINT session_way_check CHECK (way IN ('password', 'proxy', 'oidc'));

-- Null: the office itself, by a command or a schedule; '': the public; else a login.
ALTER TABLE report_file ADD COLUMN made_by text;
CREATE INDEX report_file_made ON report_file (made_by, made_at) WHERE made_by IS NOT NULL AND vintage_id IS NULL;
