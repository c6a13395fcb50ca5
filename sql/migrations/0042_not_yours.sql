-- 0042_not_yours.sql -- records that came in another agency's name are few and are asked for by
-- every batch (sql/functions/quarantine.sql): not at the price of all that waits.

CREATE INDEX quarantine_not_yours ON quarantine (agency_id) WHERE settled_by IS NULL AND code = 'agency_not_yours';
