-- access.sql -- who asks, and what they may see.
--
-- The web process says who asks in three settings of the transaction (nq17.user,
-- nq17.role, nq17.agency), which PostgreSQL forgets at its end: the next request on the
-- same connection is the public's until it says otherwise.

-- public, viewer, sender, leader, office, auditor or administrator; system for whoever is
-- not the web: commands and the collector.
CREATE FUNCTION asking_role() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN coalesce(nullif(current_setting('role'), 'none'), session_user) = 'nq17_web'
              THEN coalesce(nullif(current_setting('nq17.role', true), ''), 'public')
              ELSE 'system' END
$$;

-- The login of who asks; null for the public.
CREATE FUNCTION asking_user() RETURNS text
LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('nq17.user', true), '') $$;

CREATE FUNCTION asking_agency() RETURNS int
LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('nq17.agency', true), '')::int $$;

-- The office sees the records of all.
CREATE FUNCTION may_see_all() RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT asking_role() IN ('system', 'office', 'auditor', 'administrator')
$$;

-- An agency's people see its row of the register and those that it came from.
CREATE FUNCTION agencies_seen() RETURNS int[]
LANGUAGE sql STABLE AS $$
  SELECT ARRAY(SELECT DISTINCT h.agency_id FROM agency_heir h WHERE h.heir_id = asking_agency())
$$;

CREATE FUNCTION may_see(agency_id int) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce(may_see_all() OR may_see.agency_id = ANY (agencies_seen()), false)
$$;

-- Does who asks act for the agency: its leader, or (OR_ROLE = sender) whoever sends for it?
CREATE FUNCTION may_act_for(agency_id int, or_role text DEFAULT 'leader') RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce(asking_role() = 'system'
                  OR asking_role() IN ('leader', or_role) AND may_act_for.agency_id = ANY (agencies_seen()), false)
$$;

-- ---------------------------------------------------------------- records

-- What lies behind the figures is seen by its own agency and by the office.  Every table with
-- such records stands in one of the lists below; the commands and the collector see all.
-- Each policy asks who it is once a statement, not once a row: hence the subqueries.
CREATE FUNCTION guard(tables text[], rule text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY tables LOOP
    IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = one::regclass) THEN
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    END IF;
    EXECUTE format('CREATE POLICY seen ON %I FOR SELECT TO nq17_web USING (%s)', one, rule);
    EXECUTE format('CREATE POLICY works ON %I TO nq17_collector, nq17_reports USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

DO $$
DECLARE
  own text := '(SELECT may_see_all()) OR agency_id = ANY ((SELECT agencies_seen())::int[])';
  led text := '(SELECT may_see_all()) OR (SELECT asking_role()) = ''leader'' AND agency_id = ANY ((SELECT agencies_seen())::int[])';
  -- The name of a delivery over HTTP begins with its agency (web/upload.c).
  sent text := 'substring(delivery FROM ''^h(\d{1,9})-'')::int = ANY ((SELECT agencies_seen())::int[])';
BEGIN
  PERFORM guard('{dossier,dossier_history,dossier_named,dossier_waiting,dossier_withdrawn,dossier_echo,dossier_alias,record_history,
                  record_withdrawn,record_echo,batch_agency,dispute,source}', own);
  PERFORM guard('{profile}', own || ' OR agency_id IS NULL');
  PERFORM guard('{api_key}', led);
  PERFORM guard('{batch}', own || ' OR ' || sent);
  PERFORM guard('{http_delivery}', '(SELECT may_see_all()) OR ' || sent);
  -- What an agency sent and was refused is its own to mend, whomever it names.
  PERFORM guard('{quarantine}', own || ' OR batch_id IN (SELECT b.batch_id FROM batch b)');
  PERFORM guard('{withdrawal}', 'batch_id IN (SELECT b.batch_id FROM batch b)');
  PERFORM guard('{source_window}', 'source_id IN (SELECT s.source_id FROM source s)');
END $$;

-- Figures are everybody's, though some have to be counted from records: these functions add
-- up, or say when something last came, and act with the rights of their owner.  None of them
-- shows a record.
DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY '{newest_commit(),store_version(),ledger_state(text),
      "procedure_figures(int[],text,date,date)",
      "submitted_form_figures(date,date,date)","late_terms(observation,timestamptz)",
      "freshness(timestamptz,int,int,text)","declared_on(date,int)","restatement(bigint,bigint)",
      "restatement_steps(text,bigint,bigint)","explain_batches(int[],text,date,date,date)"}'::text[] LOOP
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', one);
    EXECUTE format('ALTER FUNCTION %s SET search_path = nq17, pg_temp', one);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO nq17_web, nq17_reports, nq17_collector', one);
  END LOOP;
END $$;

-- ---------------------------------------------------------------- accounts

-- One's own account; a leader those of the agency; the office all.
SELECT guard('{account}', 'login = (SELECT asking_user()) OR (SELECT may_see_all())
  OR (SELECT asking_role()) = ''leader'' AND agency_id = ANY ((SELECT agencies_seen())::int[])');
SELECT guard('{session}', 'account_id IN (SELECT a.account_id FROM account a
  WHERE a.login = asking_user() OR may_administer(a.agency_id))');

-- The log is the auditor's and the administrator's; a leader reads what concerns the agency,
-- everybody what they did themselves: of commands and failures at the provider the actor is
-- no account, though an account may have such a name.
SELECT guard('{audit_log}', '(SELECT asking_role()) IN (''auditor'', ''administrator'')
  OR actor = (SELECT asking_user()) AND (role NOT IN (''system'', ''public'') OR object = ''account:'' || actor)
  OR (SELECT asking_role()) = ''leader'' AND agency_id = ANY ((SELECT agencies_seen())::int[])');
