-- 0043_catalogue_state.sql -- figures are as of the last change of the catalogue, which an upgrade
-- of the program need not be (sql/queries/schema_definition_replace.sql).

ALTER TABLE store ADD catalogue_sha256 text;
COMMENT ON COLUMN store.catalogue_sha256 IS 'of the files of sql/catalogue that were applied last';
