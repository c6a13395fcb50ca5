-- 0016_docket.sql -- figures that agencies contest, agree with or comment on
-- (sql/functions/docket.sql).

-- What was contested: the vintage (null: a figure that was not published yet) and its
-- numbers as the agency saw them; and by when the office answers (null: of before there
-- was a clock).
ALTER TABLE dispute
  ADD vintage_id bigint,    -- nothing removes a vintage
  ADD figure jsonb NOT NULL DEFAULT '{}',
  ADD due_on date,
  DROP CONSTRAINT dispute_outcome_check;
UPDATE dispute SET outcome = 'withdrawn' WHERE outcome = 'taken_back';
ALTER TABLE dispute
  ADD CONSTRAINT dispute_outcome_check CHECK (outcome IN ('accepted', 'rejected', 'withdrawn'));

CREATE UNIQUE INDEX dispute_open ON dispute (agency_id, period, indicator) WHERE closed_at IS NULL;
CREATE INDEX dispute_figure ON dispute (period, indicator);

-- In how many working days the office answers.  Rows are added, never changed: the latest
-- rules, for what is contested from then on.
CREATE TABLE docket_rule (
  rule_id   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  days      int NOT NULL CHECK (days BETWEEN 1 AND 250),
  reason_vi text NOT NULL CHECK (reason_vi <> ''),
  reason_en text NOT NULL CHECK (reason_en <> ''),
  set_by    text NOT NULL CHECK (set_by <> ''),
  set_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO docket_rule (days, reason_vi, reason_en, set_by) VALUES
  (5, 'Các nguồn đã đọc không quy định thời hạn trả lời; văn phòng có thể đặt thời hạn khác',
   'The sources that were read set no time for an answer; the office may set another', 'NQ17');

-- An agency agrees with what is said of it in a period, or with one figure of that
-- (indicator); SHA256 is of the figures it saw, so that an agreement does not cover others.
CREATE TABLE agreement (
  agency_id    int NOT NULL,
  agreement_id bigint GENERATED ALWAYS AS IDENTITY,
  period       text NOT NULL,
  indicator    text,
  figures      int NOT NULL,
  sha256       text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  agreed_by    text NOT NULL CHECK (agreed_by <> ''),
  agreed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (agency_id, agreement_id)
);
CREATE INDEX agreement_period ON agreement (period);

-- What an agency says beside a figure.  One that was removed is kept: it was read.
CREATE TABLE figure_note (
  agency_id  int NOT NULL,
  note_id    bigint GENERATED ALWAYS AS IDENTITY,
  period     text NOT NULL,
  indicator  text NOT NULL,
  note       text NOT NULL CHECK (note <> ''),
  written_by text NOT NULL CHECK (written_by <> ''),
  written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_by text CHECK (removed_by <> ''),
  removed_at timestamptz,
  PRIMARY KEY (agency_id, note_id),
  CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);
CREATE INDEX figure_note_figure ON figure_note (agency_id, period, indicator);

-- When anything of the above changed last, which pages that are kept ask for; no row while
-- nothing ever was.
CREATE TABLE docket (
  one       boolean PRIMARY KEY DEFAULT true CHECK (one),
  docket_at timestamptz NOT NULL
);
INSERT INTO docket (docket_at) SELECT max(opened_at) FROM dispute HAVING count(*) > 0;
