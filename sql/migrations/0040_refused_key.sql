-- 0040_refused_key.sql -- refused records of other types than `dossier` have a key, by which
-- they are known to be mended (sql/functions/quarantine.sql).

ALTER TABLE quarantine
  ADD key text;                              -- without its agency; null: it cannot be read
CREATE INDEX quarantine_keyed ON quarantine (agency_id, key) WHERE settled_by IS NULL AND key IS NOT NULL;
