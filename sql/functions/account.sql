-- account.sql -- sessions and accounts, as the web process may use them.  These functions
-- act with the rights of their owner, as nq17_web can read no secret by itself.

-- Whose session it is, if it is open: not ended, not expired, used within IDLE minutes, its
-- account neither locked nor removed.  Notes its use, to the minute.
CREATE FUNCTION session_visit(token_sha256 text, idle int)
RETURNS TABLE (session_id bigint, account_id int, login text, name text, role text,
               agency_id int, agency text, way text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_column
DECLARE
  now_at timestamptz := clock_timestamp();
BEGIN
  UPDATE session s SET seen_at = date_trunc('minute', now_at)
   WHERE s.sha256 = token_sha256 AND s.ended_at IS NULL AND s.is_whole AND s.expires_at > now_at
     AND s.seen_at > now_at - make_interval(mins => idle)
     AND s.seen_at < date_trunc('minute', now_at);
  RETURN QUERY
    SELECT s.session_id, c.account_id, c.login, c.name, c.role, c.agency_id, a.label, s.way
      FROM session s JOIN account c USING (account_id) LEFT JOIN agency a ON a.agency_id = c.agency_id
     WHERE s.sha256 = token_sha256 AND s.is_whole AND s.ended_at IS NULL AND s.expires_at > now_at
       AND s.seen_at > now_at - make_interval(mins => idle)
       AND c.locked_at IS NULL AND c.removed_at IS NULL;
END $$;
REVOKE EXECUTE ON FUNCTION session_visit(text, int) FROM PUBLIC;
