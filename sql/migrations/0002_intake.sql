-- 0002_intake.sql -- what the first imports taught.

-- Of one key several versions may be replaced by one batch, and a row of the
-- catalogue came with no batch.
ALTER TABLE record_history
  DROP CONSTRAINT record_history_pkey,
  ALTER COLUMN batch_id DROP NOT NULL,
  ADD updated_at timestamptz NOT NULL,
  ADD PRIMARY KEY (agency_id, type, key, replaced_by, updated_at);

-- Foreign keys are looked up row by row, which took most of the time of an import.
-- Only the merge writes these tables, with agencies of the register and its own
-- batch; `nq17 audit` checks the same.
ALTER TABLE dossier
  DROP CONSTRAINT dossier_agency_id_fkey,
  DROP CONSTRAINT dossier_settled_id_fkey,
  DROP CONSTRAINT dossier_batch_id_fkey;
ALTER TABLE dossier_history DROP CONSTRAINT dossier_history_replaced_by_fkey;
ALTER TABLE day_total DROP CONSTRAINT day_total_agency_id_fkey;
ALTER TABLE procedure_total DROP CONSTRAINT procedure_total_agency_id_fkey;
