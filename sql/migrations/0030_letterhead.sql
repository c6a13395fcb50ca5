-- 0030_letterhead.sql -- what an agency wants on the paper of its reports
-- (sql/functions/letterhead.sql).

-- Each row holds from its day until the next of the agency and language begins; what is '' is
-- left to the report.
CREATE TABLE letterhead (
  agency_id  int NOT NULL,   -- 0: the reports of the nation, which is no agency
  lang       text NOT NULL CHECK (lang IN ('vi', 'en')),
  valid_from date NOT NULL,
  parent     text NOT NULL,   -- above the agency
  name       text NOT NULL,   -- the agency, as it signs
  symbol     text NOT NULL,   -- behind "BC-"
  place      text NOT NULL,
  receivers  text NOT NULL,   -- Kính gửi, each a line
  recipients text NOT NULL,   -- Nơi nhận, each a line
  position   text NOT NULL,   -- of who signs: "KT. BỘ TRƯỞNG", "THỨ TRƯỞNG", each a line
  signer     text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by text NOT NULL,
  PRIMARY KEY (agency_id, lang, valid_from)
);
