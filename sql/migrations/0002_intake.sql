-- 0002_intake.sql -- what the first imports taught.

-- Of one key several versions may be replaced by one batch, and a row of the
-- catalogue came with no batch.
ALTER TABLE record_history
  DROP CONSTRAINT record_history_pkey,
  ALTER COLUMN batch_id DROP NOT NULL,
  ADD updated_at timestamptz NOT NULL,
  ADD PRIMARY KEY (agency_id, type, key, replaced_by, updated_at);
