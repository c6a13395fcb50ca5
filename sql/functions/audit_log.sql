-- audit_log.sql -- the log of what was done and of who read records: entries are added, never
-- changed, and each is chained to the one before it by SHA-256.

CREATE FUNCTION audit_log_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log stays as it is: nothing of it is changed or removed'
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_stays();

CREATE FUNCTION audit_log_hash(e audit_log) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(e.previous || convert_to(jsonb_build_array(
    e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor, e.role,
    e.action, e.object, e.details, e.agency_id)::text, 'UTF8'))
$$;

-- One after the other: whoever adds an entry keeps the others waiting until the end of its
-- transaction.  An entry whose transaction is taken back was never there.
CREATE FUNCTION audit_log_add(actor text, role text, action text, object text, details jsonb,
                              agency_id int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  last audit_log;
  e audit_log;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('nq17.audit_log', 0));
  SELECT * INTO last FROM audit_log l ORDER BY l.id DESC LIMIT 1;
  e.id := coalesce(last.id, 0) + 1;
  e.at := clock_timestamp();
  e.actor := actor;
  e.role := role;
  e.action := action;
  e.object := object;
  e.details := jsonb_strip_nulls(coalesce(details, '{}'));
  e.agency_id := agency_id;
  e.previous := coalesce(last.hash, '\x');
  e.hash := audit_log_hash(e);
  INSERT INTO audit_log VALUES (e.*);
END $$;
REVOKE EXECUTE ON FUNCTION audit_log_add(text, text, text, text, jsonb, int) FROM PUBLIC;

-- For every function that changes something or shows records: who asks did ACTION to OBJECT
-- ("account:nguyen", "key:12", "vintage:3").  AGENCY_ID: whose business it is, so that its
-- leader can read the entry too; null: the office's.
CREATE FUNCTION log_action(action text, object text, details jsonb DEFAULT '{}', agency_id int DEFAULT NULL)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT audit_log_add(coalesce(asking_user(), session_user), asking_role(), action, object, details,
                       agency_id)
$$;
REVOKE EXECUTE ON FUNCTION log_action(text, text, jsonb, int) FROM PUBLIC;

-- Is the chain whole?  WRONG is the first entry that is not what it was, or NULL; HEAD the
-- hash of the last one, to be kept elsewhere: KNOWN_ID must still have KNOWN_HASH, so that
-- not even a chain that was cut, or made anew from there on, goes unnoticed.
CREATE FUNCTION audit_log_check(known_id bigint DEFAULT NULL, known_hash text DEFAULT NULL,
                                OUT entries bigint, OUT head text, OUT wrong bigint, OUT reason text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  e audit_log;
  before bytea := '\x';
BEGIN
  entries := 0;
  FOR e IN SELECT * FROM audit_log ORDER BY id LOOP
    IF e.id <> entries + 1 OR e.previous <> before OR e.hash <> audit_log_hash(e)
       OR e.id = known_id AND encode(e.hash, 'hex') <> known_hash THEN
      wrong := entries + 1;
      reason := CASE WHEN e.id <> entries + 1 THEN 'entry missing'
                     WHEN e.previous <> before THEN 'chain broken'
                     WHEN e.hash <> audit_log_hash(e) THEN 'entry changed'
                     ELSE 'not the hash that was kept' END;
      EXIT;
    END IF;
    before := e.hash;
    entries := e.id;
  END LOOP;
  head := encode(before, 'hex');
  IF wrong IS NULL AND known_id > entries THEN
    wrong := entries + 1;
    reason := 'entries removed from the end';
  END IF;
END $$;
