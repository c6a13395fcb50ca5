-- 0008_intake_speed.sql -- an index less, and a cheaper one.
--
-- dossier_settled (settled_id, resolved_day, procedure) cost nearly as much per dossier
-- as the table and its key together (docs/architecture.md, "Intake").  What it served,
-- spans that half months do not tile, is read by the key, agency by agency.
DROP INDEX dossier_settled;

-- Codes are compared byte by byte: the same order, for less than strcoll() costs.
ALTER TABLE dossier ALTER dossier TYPE text COLLATE "C";
ALTER TABLE dossier_history ALTER dossier TYPE text COLLATE "C";
