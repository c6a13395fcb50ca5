-- 0003_deliveries.sql -- how a batch came, and what was answered to its sender.
--
-- A delivery is one request, one file in a folder, one answer of a source: what the
-- sender may send again after a crash.  Its name is stored in the transaction of its
-- batch, so a delivery that was committed is known for good.

ALTER TABLE batch
  ADD delivery text UNIQUE,                  -- null: an import from the command line
  ADD way      text NOT NULL DEFAULT 'import',  -- import, http, folder, pull
  ADD receipt  text;                         -- JSON, as it was answered
ALTER TABLE batch DROP CONSTRAINT batch_state_check;
ALTER TABLE batch ADD CONSTRAINT batch_state_check
  CHECK (state IN ('committed', 'refused', 'withdrawn'));
