-- The agencies of which a predecessor or a successor holds dossiers.
SELECT DISTINCT agency_id FROM kin_holding
