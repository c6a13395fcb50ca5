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

-- A batch is its sender's: given for an agency, or sent with a key of one (the name of a
-- delivery over HTTP begins with it, web/upload.c).
CREATE FUNCTION may_see_batch(agency_id int, delivery text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce(may_see_all() OR may_see_batch.agency_id = ANY (agencies_seen())
                  OR substring(delivery FROM '^h(\d{1,9})-')::int = ANY (agencies_seen()), false)
$$;
