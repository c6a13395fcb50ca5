-- 0022_report_files.sql -- every report that was made, so that a file can be told genuine,
-- current or superseded.  Rows are added and never changed (sql/functions/report_files.sql
-- refuses it even to the owner).

CREATE TABLE report_file (
  file_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sha256     text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),   -- of the file
  code       text NOT NULL CHECK (code ~ '^[0-9A-F]{4}(-[0-9A-F]{4}){2}$'),   -- printed in it
  report     text NOT NULL,
  form       text NOT NULL,              -- pdf, png, xlsx, csv, json
  lang       text NOT NULL,
  period     text NOT NULL,
  agency_id  int,                        -- null or 0: the nation
  vintage_id bigint REFERENCES vintage,  -- null: figures that were not published
  as_of      timestamptz,                -- of the figures; null: an empty store
  sample     boolean NOT NULL,
  figures    jsonb NOT NULL,             -- what it prints of its period: report_figures()
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX report_file_code ON report_file (code);
