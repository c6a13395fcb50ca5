-- account.sql -- accounts and sessions, as the web process may use them.
--
-- No role but the owner reads a secret, so these functions act with the rights of their
-- owner, check who asks, and write into the log what was done.

CREATE FUNCTION refuse_asker() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'who asks may not do this' USING ERRCODE = 'NQ403';
END $$;

-- The account called WHO that who asks may change; else none.
CREATE FUNCTION account_open(who text) RETURNS account
LANGUAGE plpgsql AS $$
DECLARE
  c account;
BEGIN
  SELECT a.* INTO c FROM account a WHERE a.login = lower(who) AND a.removed_at IS NULL FOR UPDATE;
  IF c.account_id IS NULL OR NOT (may_administer(c.agency_id) OR c.login = asking_user()) THEN
    RAISE EXCEPTION 'no account "%"', who USING ERRCODE = 'no_data_found';
  END IF;
  RETURN c;
END $$;

-- Administrators have all accounts and keys in their hands, a leader those of the agency.
CREATE FUNCTION may_administer(agency_id int) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce(asking_role() IN ('system', 'administrator')
                  OR asking_role() = 'leader' AND may_administer.agency_id = ANY (agencies_seen()), false)
$$;

-- ---------------------------------------------------------------- signing in

-- Whose session it is, if it is open: not ended, not expired, used within IDLE minutes, its
-- account neither locked nor removed.  Notes its use, to the minute.
CREATE FUNCTION session_visit(token_sha256 text, idle int)
RETURNS TABLE (session_id bigint, account_id int, login text, name text, role text,
               agency_id int, agency text, way text, lang text)
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
    SELECT s.session_id, c.account_id, c.login, c.name, c.role, c.agency_id, a.label, s.way, s.lang
      FROM session s JOIN account c USING (account_id) LEFT JOIN agency a ON a.agency_id = c.agency_id
     WHERE s.sha256 = token_sha256 AND s.is_whole AND s.ended_at IS NULL AND s.expires_at > now_at
       AND s.seen_at > now_at - make_interval(mins => idle)
       AND c.locked_at IS NULL AND c.removed_at IS NULL;
END $$;

-- What a password is held against.  Those who try the same name wait for each other, so that
-- many tries at once count as many; where there is no such account too, as the time that two
-- tries take would tell.  No row: nobody may sign in by this name now.
CREATE FUNCTION sign_in_secret(who text)
RETURNS TABLE (account_id int, password_hash text, has_code boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('nq17.sign_in ' || lower(who), 0));
  SELECT c.account_id, s.password_hash, s.totp_on
    FROM account c JOIN account_secret s USING (account_id)
   WHERE c.login = lower(who) AND c.locked_at IS NULL AND c.removed_at IS NULL
     AND s.password_hash IS NOT NULL AND coalesce(s.paused_until <= clock_timestamp(), true)
     FOR UPDATE OF s
$$;

-- From the fifth failure on the account pauses: half a minute, then twice as long each
-- time, at most an hour.  A try at an account that pauses, is closed or is none was not looked
-- at and counts for nothing, but it is written down as the others are: the time that this takes
-- would tell which names there are.
CREATE FUNCTION sign_in_failed(who text, address text, step text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  c account;
  count int;
BEGIN
  SELECT a.* INTO c FROM account a WHERE a.login = lower(who);
  UPDATE account_secret s
     SET failures = least(s.failures + 1, 1000),
         paused_until = CASE WHEN s.failures >= 4
           THEN clock_timestamp() + least(interval '1 hour',
                                          interval '30 seconds' * 2 ^ least(s.failures - 4, 20)) END
   WHERE s.account_id = c.account_id AND c.locked_at IS NULL AND c.removed_at IS NULL
     AND coalesce(s.paused_until <= clock_timestamp(), true)
     AND (step <> 'password' OR s.password_hash IS NOT NULL)
  RETURNING failures INTO count;
  -- A name that nobody has is left out: it may be a password in the wrong field.
  PERFORM audit_log_add(coalesce(c.login, '?'), 'public', 'sign_in_failed', 'account:' || coalesce(c.login, '?'),
                        jsonb_build_object('address', address, 'step', step, 'failures', count), c.agency_id);
END $$;

CREATE FUNCTION sign_in(account int, token_sha256 text, whole boolean, way text, hours int,
                        address text, agent text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  c account;
BEGIN
  SELECT a.* INTO c FROM account a WHERE a.account_id = account;
  INSERT INTO session (account_id, sha256, way, is_whole, expires_at, address, agent)
  VALUES (account, token_sha256, way, whole,
          clock_timestamp() + CASE WHEN whole THEN make_interval(hours => hours) ELSE interval '5 minutes' END,
          address, left(agent, 200));
  IF whole THEN
    PERFORM signed_in(c, way, address);
  END IF;
END $$;

CREATE FUNCTION signed_in(c account, way text, address text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE account_secret s SET failures = 0, paused_until = NULL WHERE s.account_id = c.account_id;
  UPDATE account a SET signed_in_at = clock_timestamp() WHERE a.account_id = c.account_id;
  -- What is long over is of no use to anybody.
  DELETE FROM session s WHERE s.account_id = c.account_id AND s.expires_at < clock_timestamp() - interval '30 days';
  PERFORM audit_log_add(c.login, c.role, 'sign_in', 'account:' || c.login,
                        jsonb_build_object('address', address, 'way', way), c.agency_id);
END $$;

-- The second step: what a code is held against.
CREATE FUNCTION sign_in_code(token_sha256 text)
RETURNS TABLE (account_id int, login text, secret bytea, step bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT c.account_id, c.login, s.totp_secret, s.totp_step
    FROM session x JOIN account c USING (account_id) JOIN account_secret s USING (account_id)
   WHERE x.sha256 = token_sha256 AND NOT x.is_whole AND x.ended_at IS NULL
     AND x.expires_at > clock_timestamp() AND c.locked_at IS NULL AND c.removed_at IS NULL
     AND coalesce(s.paused_until <= clock_timestamp(), true)
     FOR UPDATE OF s
$$;

-- The code was right: the session is whole, under another token.
CREATE FUNCTION sign_in_complete(token_sha256 text, new_sha256 text, step bigint, hours int)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  x session;
  c account;
BEGIN
  UPDATE session s SET sha256 = new_sha256, is_whole = true,
                       expires_at = clock_timestamp() + make_interval(hours => hours)
   WHERE s.sha256 = token_sha256 AND NOT s.is_whole
  RETURNING s.* INTO STRICT x;
  UPDATE account_secret s SET totp_step = step WHERE s.account_id = x.account_id;
  SELECT a.* INTO c FROM account a WHERE a.account_id = x.account_id;
  PERFORM signed_in(c, x.way || ' and code', x.address);
END $$;

-- Whom the trusted proxy has signed in: their account, if there is one that is open.
CREATE FUNCTION sign_in_proxy(who text) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT c.account_id FROM account c
   WHERE c.login = lower(who) AND c.locked_at IS NULL AND c.removed_at IS NULL
$$;

-- Whom the OpenID provider has signed in: the account that this SUBJECT is pinned to.  Else
-- the one that WHO names letter by letter, which is pinned now: an account that has no
-- password and was never anybody's, made to be signed in to like this.  A name that the
-- provider gives to somebody else later, or lets people choose, opens no account that is in
-- use.
CREATE FUNCTION sign_in_oidc(issuer text, subject text, who text)
RETURNS TABLE (account_id int, has_code boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  c account;
BEGIN
  SELECT a.* INTO c FROM account a JOIN account_subject x ON x.account_id = a.account_id
   WHERE x.issuer = sign_in_oidc.issuer AND x.subject = sign_in_oidc.subject;
  IF c.account_id IS NULL THEN
    SELECT a.* INTO c FROM account a JOIN account_secret s ON s.account_id = a.account_id
     WHERE a.login = who AND a.locked_at IS NULL AND a.removed_at IS NULL AND s.password_hash IS NULL
       FOR UPDATE OF a;
    INSERT INTO account_subject (account_id, issuer, subject, pinned_by)
    SELECT c.account_id, sign_in_oidc.issuer, sign_in_oidc.subject, c.login WHERE c.account_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN;
    END IF;
    PERFORM audit_log_add(c.login, c.role, 'account_subject', 'account:' || c.login,
                          jsonb_build_object('issuer', issuer, 'subject', subject), c.agency_id);
  END IF;
  RETURN QUERY
    SELECT c.account_id, s.totp_on FROM account_secret s
     WHERE s.account_id = c.account_id AND c.locked_at IS NULL AND c.removed_at IS NULL;
END $$;

-- Whoever it was, if the provider said so.
CREATE FUNCTION sign_in_oidc_failed(step text, reason text, address text, issuer text, subject text, who text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT audit_log_add('oidc', 'public', 'sign_in_failed', 'oidc:' || step,
                       jsonb_build_object('reason', left(reason, 300), 'address', address, 'issuer', issuer,
                                          'subject', left(subject, 255), 'name', left(who, 100)), NULL)
$$;

-- Says who of the provider an account is; null: nobody any more.  Sessions end.
CREATE FUNCTION account_subject_set(login text, issuer text, subject text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  c account := account_open(login);
BEGIN
  IF NOT may_administer(c.agency_id) THEN
    PERFORM refuse_asker();
  END IF;
  DELETE FROM account_subject x WHERE x.account_id = c.account_id;
  INSERT INTO account_subject (account_id, issuer, subject, pinned_by)
  SELECT c.account_id, account_subject_set.issuer, account_subject_set.subject,
         coalesce(asking_user(), session_user)
   WHERE subject IS NOT NULL;
  PERFORM sessions_end(c.account_id, NULL);
  PERFORM log_action('account_subject', 'account:' || c.login,
                     jsonb_build_object('issuer', issuer, 'subject', subject), c.agency_id);
EXCEPTION
  WHEN unique_violation THEN
    RAISE EXCEPTION 'another account is this person' USING ERRCODE = 'unique_violation';
  WHEN check_violation THEN
    RAISE EXCEPTION 'a subject has 1 to 255 characters' USING ERRCODE = 'invalid_parameter_value';
END $$;

-- The way in which the session had begun; null: there was none.
CREATE FUNCTION sign_out(token_sha256 text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  c account;
  way text;
BEGIN
  UPDATE session s SET ended_at = clock_timestamp()
   WHERE s.sha256 = token_sha256 AND s.ended_at IS NULL
  RETURNING s.way INTO way;
  IF FOUND THEN
    SELECT a.* INTO c FROM account a JOIN session s USING (account_id) WHERE s.sha256 = token_sha256;
    PERFORM audit_log_add(c.login, c.role, 'sign_out', 'account:' || c.login, '{}', c.agency_id);
  END IF;
  RETURN way;
END $$;

-- ---------------------------------------------------------------- accounts

-- HASH may be null: then only the proxy signs them in.
CREATE FUNCTION account_add(login text, name text, role text, agency text, hash text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  wanted_agency int := agency_today(agency);
  id int;
BEGIN
  IF agency IS NOT NULL AND wanted_agency IS NULL THEN
    RAISE EXCEPTION 'no agency "%"', agency USING ERRCODE = 'no_data_found';
  ELSIF (wanted_agency IS NULL) <> (role IN ('office', 'auditor', 'administrator')) THEN
    RAISE EXCEPTION 'viewer, sender and leader belong to an agency; office, auditor and administrator to none'
      USING ERRCODE = 'invalid_parameter_value';
  ELSIF NOT may_administer(wanted_agency) THEN
    PERFORM refuse_asker();
  END IF;
  INSERT INTO account (login, name, role, agency_id, created_by)
  VALUES (lower(login), name, role, wanted_agency, coalesce(asking_user(), session_user))
  RETURNING account_id INTO id;
  INSERT INTO account_secret (account_id, password_hash) VALUES (id, hash);
  PERFORM log_action('account_add', 'account:' || lower(login),
                     jsonb_build_object('role', role, 'agency', agency), wanted_agency);
  RETURN id;
EXCEPTION
  WHEN unique_violation THEN
    RAISE EXCEPTION 'there is, or was, an account "%"', lower(login) USING ERRCODE = 'unique_violation';
  WHEN check_violation THEN
    RAISE EXCEPTION 'a login has 2 to 63 small letters, digits, dots, hyphens; a name up to 100 characters; roles are viewer, sender, leader, office, auditor, administrator'
      USING ERRCODE = 'invalid_parameter_value';
END $$;

-- The row that NAME means today, else its newest.
CREATE FUNCTION agency_today(name text) RETURNS int
LANGUAGE sql STABLE AS $$
  SELECT n.agency_id
    FROM agency_name n JOIN agency a USING (agency_id)
   WHERE n.name = agency_today.name
   ORDER BY (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
            BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity') DESC,
            a.valid_from DESC
   LIMIT 1
$$;

-- Every session of an account, but KEPT.
CREATE FUNCTION sessions_end(account int, kept text) RETURNS void
LANGUAGE sql AS $$
  UPDATE session SET ended_at = clock_timestamp()
   WHERE account_id = account AND ended_at IS NULL AND sha256 IS DISTINCT FROM kept
$$;

-- Without an administrator nobody could make one again from the pages.
CREATE FUNCTION account_is_last_administrator(c account) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT c.role = 'administrator' AND asking_role() <> 'system'
         AND NOT EXISTS (SELECT FROM account a WHERE a.role = 'administrator' AND a.account_id <> c.account_id
                            AND a.removed_at IS NULL AND a.locked_at IS NULL)
$$;

-- ACTION is role, lock, unlock, remove or sessions.  Whoever loses or gains something has
-- to sign in again.
CREATE FUNCTION account_change(login text, action text, role text DEFAULT NULL, agency text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  c account := account_open(login);
  wanted_agency int := agency_today(agency);
BEGIN
  IF NOT may_administer(c.agency_id) OR action = 'role' AND NOT may_administer(wanted_agency) THEN
    PERFORM refuse_asker();
  ELSIF action IN ('role', 'lock', 'remove') AND account_is_last_administrator(c) THEN
    RAISE EXCEPTION 'the last administrator stays one' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF action = 'role' THEN
    IF (wanted_agency IS NULL) <> (role IN ('office', 'auditor', 'administrator')) THEN
      RAISE EXCEPTION 'viewer, sender and leader belong to an agency; office, auditor and administrator to none'
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE account a SET role = account_change.role, agency_id = wanted_agency WHERE a.account_id = c.account_id;
  ELSIF action = 'lock' THEN
    UPDATE account a SET locked_at = clock_timestamp(), locked_by = coalesce(asking_user(), session_user)
     WHERE a.account_id = c.account_id;
  ELSIF action = 'unlock' THEN
    UPDATE account a SET locked_at = NULL, locked_by = NULL WHERE a.account_id = c.account_id;
    UPDATE account_secret s SET failures = 0, paused_until = NULL WHERE s.account_id = c.account_id;
  ELSIF action = 'remove' THEN
    UPDATE account a SET removed_at = clock_timestamp() WHERE a.account_id = c.account_id;
    DELETE FROM account_secret s WHERE s.account_id = c.account_id;
    DELETE FROM account_subject x WHERE x.account_id = c.account_id;
  ELSIF action <> 'sessions' THEN
    RAISE EXCEPTION 'no action "%"', action USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF action <> 'unlock' THEN
    PERFORM sessions_end(c.account_id, NULL);
  END IF;
  PERFORM log_action('account_' || action, 'account:' || c.login,
                     jsonb_build_object('role', role, 'agency', agency), coalesce(c.agency_id, wanted_agency));
EXCEPTION WHEN check_violation THEN
  RAISE EXCEPTION 'roles are viewer, sender, leader, office, auditor, administrator'
    USING ERRCODE = 'invalid_parameter_value';
END $$;

-- KEPT is the session that goes on (under a new token, session_renew()); the others end.
CREATE FUNCTION account_password(login text, hash text, kept text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  c account := account_open(login);
BEGIN
  UPDATE account_secret s SET password_hash = hash, changed_at = clock_timestamp(), failures = 0,
                              paused_until = NULL
   WHERE s.account_id = c.account_id;
  PERFORM sessions_end(c.account_id, kept);
  PERFORM log_action('account_password', 'account:' || c.login, '{}', c.agency_id);
END $$;

-- The same password under today's cost: nothing else changes.
CREATE FUNCTION account_rehash(account int, hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  UPDATE account_secret s SET password_hash = hash WHERE s.account_id = account
$$;

-- A session goes on under another token.
CREATE FUNCTION session_renew(token_sha256 text, new_sha256 text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  UPDATE session SET sha256 = new_sha256 WHERE sha256 = token_sha256
$$;

-- One's own session, or one of an account that one administers.
CREATE FUNCTION session_end(id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  c account;
BEGIN
  SELECT a.* INTO c FROM session s JOIN account a USING (account_id) WHERE s.session_id = id;
  IF c.account_id IS NULL OR NOT (c.login = asking_user() OR may_administer(c.agency_id)) THEN
    RAISE EXCEPTION 'no session %', id USING ERRCODE = 'no_data_found';
  END IF;
  UPDATE session s SET ended_at = coalesce(s.ended_at, clock_timestamp()) WHERE s.session_id = id;
  PERFORM log_action('session_end', 'session:' || id, jsonb_build_object('account', c.login), c.agency_id);
END $$;

-- In which language pages answer the asker's own session where their address names none.
CREATE FUNCTION session_language(id bigint, chosen text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
BEGIN
  IF chosen IS NULL OR chosen NOT IN ('vi', 'en') THEN
    RAISE EXCEPTION '--lang is vi or en' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE session s SET lang = chosen FROM account a
   WHERE s.session_id = id AND a.account_id = s.account_id AND a.login = asking_user();
END $$;

-- ---------------------------------------------------------------- the second step

-- A new secret of one's own, which counts once a code of it was right.
CREATE FUNCTION totp_begin(secret bytea, session bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  UPDATE account_secret s SET totp_secret = secret, totp_step = 0, totp_session = totp_begin.session
    FROM account c
   WHERE c.account_id = s.account_id AND c.login = asking_user() AND NOT s.totp_on
$$;

-- One's own secret, as long as it is not confirmed, in the session where the password was asked
-- for; elsewhere, and afterwards, nobody reads it.
CREATE FUNCTION totp_pending(session bigint) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT s.totp_secret FROM account_secret s JOIN account c USING (account_id)
   WHERE c.login = asking_user() AND NOT s.totp_on AND s.totp_session = totp_pending.session
$$;

CREATE FUNCTION totp_confirm(step bigint, kept text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  c account := account_open(asking_user());
BEGIN
  UPDATE account_secret s SET totp_on = true, totp_step = step
   WHERE s.account_id = c.account_id AND s.totp_secret IS NOT NULL;
  PERFORM sessions_end(c.account_id, kept);
  PERFORM log_action('totp_on', 'account:' || c.login, '{}', c.agency_id);
END $$;

-- A secret that lay there as it is, or under an older key, sealed: whoever knows what lies
-- there may.
CREATE FUNCTION totp_reseal(who text, old bytea, sealed bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  UPDATE account_secret s SET totp_secret = sealed
    FROM account c
   WHERE c.account_id = s.account_id AND c.login = who AND s.totp_secret = old
$$;

-- Taken away by the owner of the account (after the password was asked for again), or by
-- who administers it, when the telephone is lost.
CREATE FUNCTION totp_off(login text, kept text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  c account := account_open(login);
BEGIN
  UPDATE account_secret s SET totp_on = false, totp_secret = NULL, totp_step = 0
   WHERE s.account_id = c.account_id;
  PERFORM sessions_end(c.account_id, kept);
  PERFORM log_action('totp_off', 'account:' || c.login, '{}', c.agency_id);
END $$;

-- For the list of accounts; says nothing of the secret itself.
CREATE FUNCTION account_has_code(account int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT s.totp_on FROM account_secret s WHERE s.account_id = account
$$;

-- Whom the provider calls so, for those who see the list of accounts and for the person.
CREATE FUNCTION account_subject_seen(account int) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT json_build_object('issuer', x.issuer, 'subject', x.subject, 'pinned_at', x.pinned_at, 'pinned_by', x.pinned_by)
    FROM account_subject x JOIN account c USING (account_id)
   WHERE x.account_id = account AND (c.login = asking_user() OR may_see_all() OR may_administer(c.agency_id))
$$;

-- Of one's own account: those who come by single sign-on alone have none.
CREATE FUNCTION account_has_password() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT s.password_hash IS NOT NULL FROM account_secret s JOIN account c USING (account_id)
   WHERE c.login = asking_user()
$$;

CREATE FUNCTION account_paused_until(account int) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT s.paused_until FROM account_secret s WHERE s.account_id = account AND s.paused_until > clock_timestamp()
$$;
