-- 0045_code_twice.sql -- a browser that sends its one-time code twice, as a double click does,
-- goes on with the one session that the code opened (sql/functions/account.sql).

ALTER TABLE session
  ADD COLUMN waited_sha256 text UNIQUE,      -- of the token under which it waited for the code
  ADD COLUMN completed_at  timestamptz;
