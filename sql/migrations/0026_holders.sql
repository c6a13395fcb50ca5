-- 0026_holders.sql -- which row a dossier lies with depends on the records alone, not on
-- their order (sql/functions/merge_holder.sql).

-- The row that a version's record named, where the version lies with another and its day
-- of receipt does not tell.
CREATE TABLE dossier_named (
  agency_id  int NOT NULL,
  dossier    text NOT NULL,
  updated_at timestamptz NOT NULL,
  status     dossier_status NOT NULL,
  named_id   int NOT NULL,
  PRIMARY KEY (agency_id, dossier, updated_at, status)
);

-- Versions that name a successor before it began, while no predecessor has the dossier:
-- refused, and taken once one has.  agency_id is the row they name.
CREATE TABLE dossier_waiting (
  LIKE dossier INCLUDING DEFAULTS,
  PRIMARY KEY (agency_id, dossier, updated_at, status)
);
