-- 0044_session_language.sql -- who signed in and chose a language stays in it.

ALTER TABLE session ADD lang text CHECK (lang IN ('vi', 'en'));
COMMENT ON COLUMN session.lang IS 'of pages whose address names none; null: as the house has it';
