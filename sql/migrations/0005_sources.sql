-- 0005_sources.sql -- where the collector looks for records by itself.

CREATE TABLE source (
  source_id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agency_id       int NOT NULL REFERENCES agency,
  kind            text NOT NULL CHECK (kind IN ('folder', 'pull')),
  state           text NOT NULL DEFAULT 'on' CHECK (state IN ('on', 'off')),
  profile         text,                      -- of mapping, or null
  added_by        text NOT NULL CHECK (added_by <> ''),
  added_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Of pull sources alone.
  type            text,
  format          text,
  url             text,                      -- with {from}, {to}, {next}
  window_days     int CHECK (window_days BETWEEN 1 AND 366),
  first_day       date,                      -- of the first window
  lateness_hours  int CHECK (lateness_hours BETWEEN 0 AND 8784),  -- after a window's end
  patience        int CHECK (patience BETWEEN 1 AND 3600),  -- seconds a server may be silent
  credential_file text,
  CHECK (CASE kind WHEN 'pull'
           THEN num_nonnulls(type, format, url, window_days, first_day, lateness_hours,
                             patience) = 7
           ELSE num_nonnulls(type, format, url, window_days, first_day, lateness_hours,
                             patience, credential_file) = 0 END)
);
CREATE UNIQUE INDEX source_folder ON source (agency_id) WHERE kind = 'folder';

-- The ledger of a pull source: every window that was due is in it for good.
CREATE TABLE source_window (
  source_id  int NOT NULL REFERENCES source ON DELETE CASCADE,
  first_day  date NOT NULL,
  state      text NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'fetched', 'failed')),
  tries      int NOT NULL DEFAULT 0,         -- that failed, since it was last asked for
  next_try   timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_error text,
  fetched_at timestamptz,
  delivery   text,                           -- null: there was nothing
  etag       text,
  PRIMARY KEY (source_id, first_day)
);
CREATE INDEX source_window_due ON source_window (next_try) WHERE state <> 'fetched';
CREATE INDEX source_window_delivery ON source_window (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX batch_pull_refused ON batch (delivery) WHERE way = 'pull' AND state = 'refused';
