-- 0023_form_uploads.sql -- files that came through the form of a page, between the trial
-- and the day they are sent in earnest (sql/functions/page_upload.sql).

-- The body itself lies in the spool (kept/DELIVERY.body), for an hour.
CREATE TABLE form_upload (
  delivery   text PRIMARY KEY CHECK (delivery ~ '^h[0-9]{1,9}-[0-9a-f]{32}$'),
  session_id bigint NOT NULL,                -- who made the trial, and nobody else
  agency_id  int NOT NULL,                   -- whose records may come; 0: everyone's
  agency     text,                           -- of records that name none
  type       text NOT NULL,
  format     text NOT NULL,
  file       text NOT NULL,
  bytes      bigint NOT NULL,
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at    timestamptz                     -- null: a trial so far
);
CREATE INDEX form_upload_made ON form_upload (made_at);
