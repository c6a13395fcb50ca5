-- delivery_access.sql -- who sees what of schedules and of what was sent, and who may act.
--
-- A schedule is its owner's.  A line of the ledger is the owner's, and that of whoever it was
-- sent to: the agency whose contact the address is, or the account that it names.

-- ---------------------------------------------------------------- who sees

CREATE FUNCTION schedules_seen() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT ARRAY(SELECT s.schedule_id FROM schedule s WHERE s.owner_id = ANY (agencies_seen()))
$$;

-- The addresses at which who asks receives something.
CREATE FUNCTION addresses_seen() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT ARRAY(SELECT c.address FROM agency_contact c WHERE c.agency_id = ANY (agencies_seen())
               UNION SELECT asking_user() WHERE asking_user() LIKE '%@%')
$$;

DO $$
DECLARE
  own text := '(SELECT may_see_all()) OR owner_id = ANY ((SELECT agencies_seen())::int[])';
BEGIN
  PERFORM guard('{schedule,delivery_way}', own);
  PERFORM guard('{agency_contact}', '(SELECT may_see_all()) OR agency_id = ANY ((SELECT agencies_seen())::int[])');
  PERFORM guard('{schedule_run}', 'schedule_id IN (SELECT s.schedule_id FROM schedule s)');
  PERFORM guard('{outbox}', '(SELECT may_see_all()) OR schedule_id = ANY ((SELECT schedules_seen())::bigint[])
    OR kind <> ''alert'' AND recipient = ANY ((SELECT addresses_seen())::text[])');
  PERFORM guard('{outbox_event}', 'outbox_id IN (SELECT o.outbox_id FROM outbox o)');
  -- What was drawn, and its files, are seen by whoever sees a line that it was sent by.
  PERFORM guard('{edition,edition_file}', 'edition_id IN (SELECT o.edition_id FROM outbox o)');
  PERFORM guard('{archive}', 'sha256 IN (SELECT o.sha256 FROM outbox o)
    OR sha256 IN (SELECT f.sha256 FROM edition_file f)');
END $$;

-- What a recipient may know of the schedule: not to whom else it sends.
CREATE FUNCTION schedule_caption(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT jsonb_build_object('schedule', s.schedule_id, 'name', s.name, 'report', s.report,
           'indicator', s.indicator, 'lang', s.lang, 'owner', schedule_agency(s.owner_id),
           'is_own', may_see_all() OR s.owner_id = ANY (agencies_seen()))
    FROM schedule s WHERE s.schedule_id = id
$$;

-- ---------------------------------------------------------------- who acts

-- The office for its own schedules, the leader of an agency for those of the agency.
CREATE FUNCTION may_schedule(owner int) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT asking_role() = 'system'
         OR CASE WHEN owner = 0 THEN asking_role() IN ('office', 'administrator')
                 ELSE may_act_for(owner) END
$$;

-- The one whose schedules who asks makes; null: nobody's.
CREATE FUNCTION scheduling_owner() RETURNS int
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN asking_role() IN ('office', 'administrator') THEN 0
              WHEN asking_role() = 'leader' THEN asking_agency() END
$$;

-- The schedule ID, locked, for one who may change it.
CREATE FUNCTION schedule_taken(id bigint) RETURNS schedule
LANGUAGE plpgsql AS $$
DECLARE
  s schedule;
BEGIN
  SELECT x.* INTO s FROM schedule x WHERE x.schedule_id = id AND x.state <> 'removed' FOR UPDATE;
  -- Of another's schedule not even that it is there is told.
  IF NOT FOUND OR NOT (may_see_all() OR s.owner_id = ANY (agencies_seen())) THEN
    RAISE EXCEPTION 'there is no schedule %', id USING ERRCODE = 'no_data_found';
  ELSIF NOT may_schedule(s.owner_id) THEN
    PERFORM refuse_asker();
  END IF;
  RETURN s;
END $$;

-- May who asks send to RECIPIENT?  Pages name addresses and `contacts`; of other ways those
-- that were set up on the machine for the owner, and what the schedule has already.
CREATE FUNCTION recipient_is_open(recipient text, credentials text, owner int, was schedule)
RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce(asking_role() = 'system' OR recipient = 'contacts' OR recipient ~ '^[^:/\s]+@[^:/\s]+$'
         OR EXISTS (SELECT FROM delivery_way w
                     WHERE w.owner_id = owner AND w.removed_at IS NULL
                       AND w.recipient = recipient_is_open.recipient
                       AND w.credential_file IS NOT DISTINCT FROM credentials)
         OR recipient = ANY ((was).recipients) AND (was).credential_file IS NOT DISTINCT FROM credentials, false)
$$;

-- Notes in the log what was done with a schedule; commands stand in the journal of the machine.
CREATE FUNCTION schedule_log(action text, s schedule, details jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql AS $$
  SELECT log_action(action, 'schedule:' || (s).name, details, nullif((s).owner_id, 0))
$$;

-- Makes a schedule, or changes ID.  WANTED has the options of `nq17 schedule add`.
CREATE FUNCTION schedule_save(id bigint, wanted jsonb, next_at timestamptz, day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  was schedule;
  s schedule;
  recipient text;
BEGIN
  IF id IS NOT NULL THEN
    was := schedule_taken(id);
    s := was;
  ELSE
    s.owner_id := CASE WHEN wanted ->> 'owner' = 'VN' THEN 0
                       ELSE agency_on(wanted ->> 'owner', office_today()) END;
    s.name := wanted ->> 'name';
    s.added_by := coalesce(asking_user(), wanted ->> 'by');
  END IF;
  IF s.owner_id IS NULL THEN
    RAISE EXCEPTION 'there is no agency %', wanted ->> 'owner' USING ERRCODE = 'no_data_found';
  ELSIF NOT may_schedule(s.owner_id) THEN
    PERFORM refuse_asker();
  END IF;
  s.alert_to := wanted ->> 'alert';
  s.report := wanted ->> 'report';
  s.indicator := wanted ->> 'indicator';
  s.each_kind := wanted ->> 'each';
  s.agency_id := CASE WHEN s.each_kind IS NOT NULL THEN NULL
                      WHEN coalesce(wanted ->> 'agency', 'VN') = 'VN' THEN 0
                      ELSE coalesce(agency_on(wanted ->> 'agency', office_today()),
                                    (SELECT a.agency_id FROM agency a WHERE a.label = wanted ->> 'agency')) END;
  s.covers := wanted ->> 'covers';
  s.lang := wanted ->> 'lang';
  s.formats := string_to_array(wanted ->> 'formats', ',');
  s.rrule := wanted ->> 'rrule';
  s.starts := (wanted ->> 'starts')::timestamp;
  s.zone := wanted ->> 'zone';
  s.shift := wanted ->> 'workdays';
  s.fires := wanted ->> 'fires';
  s.coverage := (wanted ->> 'coverage')::int;
  s.deadline := (wanted ->> 'deadline')::interval;
  s.recipients := string_to_array(wanted ->> 'to', ',');
  s.credential_file := wanted ->> 'credentials';
  IF s.each_kind IS NULL AND s.agency_id IS NULL THEN
    RAISE EXCEPTION 'there is no agency %', wanted ->> 'agency' USING ERRCODE = 'no_data_found';
  ELSIF s.indicator IS NOT NULL AND NOT EXISTS (SELECT FROM indicator i WHERE i.slug = s.indicator) THEN
    RAISE EXCEPTION 'there is no indicator %', s.indicator USING ERRCODE = 'no_data_found';
  ELSIF asking_role() = 'leader' AND (s.each_kind IS NOT NULL OR s.agency_id <> ALL (0 || agencies_seen())) THEN
    RAISE EXCEPTION 'an agency sends its own report, or the nation''s' USING ERRCODE = 'invalid_parameter_value';
  ELSIF asking_role() <> 'system' AND s.alert_to !~ '^[^:/\s]+@[^:/\s]+$' AND s.alert_to IS DISTINCT FROM was.alert_to THEN
    RAISE EXCEPTION 'who is told of failures is an address of mail, not %', s.alert_to
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  FOREACH recipient IN ARRAY s.recipients LOOP
    IF NOT recipient_is_open(recipient, s.credential_file, s.owner_id, was) THEN
      RAISE EXCEPTION 'this way out was not set up for pages (nq17 schedule way): %', recipient
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
  END LOOP;
  IF id IS NULL THEN
    INSERT INTO schedule (name, owner_id, alert_to, report, indicator, agency_id, each_kind, covers, lang,
                          formats, rrule, starts, zone, shift, fires, coverage, deadline, recipients,
                          credential_file, next_run, next_day, added_by)
    VALUES (s.name, s.owner_id, s.alert_to, s.report, s.indicator, s.agency_id, s.each_kind, s.covers, s.lang,
            s.formats, s.rrule, s.starts, s.zone, s.shift, s.fires, s.coverage, s.deadline, s.recipients,
            s.credential_file, next_at, day, s.added_by)
    RETURNING schedule_id INTO s.schedule_id;
  ELSE
    UPDATE schedule x
       SET alert_to = s.alert_to, report = s.report, indicator = s.indicator, agency_id = s.agency_id,
           each_kind = s.each_kind, covers = s.covers, lang = s.lang, formats = s.formats, rrule = s.rrule,
           starts = s.starts, zone = s.zone, shift = s.shift, fires = s.fires, coverage = s.coverage,
           deadline = s.deadline, recipients = s.recipients, credential_file = s.credential_file,
           next_run = CASE WHEN x.state = 'active' THEN next_at END,
           next_day = CASE WHEN x.state = 'active' THEN day END
     WHERE x.schedule_id = s.schedule_id;
  END IF;
  PERFORM schedule_log(CASE WHEN id IS NULL THEN 'add_schedule' ELSE 'change_schedule' END, s,
                       wanted - '{name,owner,by}'::text[]);
  RETURN s.schedule_id;
EXCEPTION WHEN unique_violation THEN
  RAISE EXCEPTION 'there is a schedule % already', s.name USING ERRCODE = 'NQ409';
END $$;

-- Pauses, resumes or removes one; NEXT_AT and DAY are its next run where it is active.
CREATE FUNCTION schedule_switch(id bigint, new_state text, next_at timestamptz, day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  s schedule := schedule_taken(id);
BEGIN
  UPDATE schedule SET state = new_state, next_run = next_at, next_day = day WHERE schedule_id = id;
  IF new_state = 'removed' THEN
    PERFORM outbox_drop();
  END IF;
  PERFORM schedule_log(CASE new_state WHEN 'active' THEN 'resume_schedule' WHEN 'paused' THEN 'pause_schedule'
                                      ELSE 'remove_schedule' END, s);
END $$;

-- Puts a period into the outbox now; how many lines are new.
CREATE FUNCTION schedule_run_now(id bigint, code text, otherwise text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  s schedule := schedule_taken(id);
  added bigint := schedule_fire(id, code, 'hand', otherwise);
BEGIN
  PERFORM schedule_log('run_schedule', s, jsonb_build_object('period', code, 'added', added));
  RETURN added;
END $$;

-- ---------------------------------------------------------------- the ledger

-- What a person found out about a line: of an uncertain one whether it arrived (queued: it did
-- not, send it again), of an accepted one that it came back.  Its number; null: it is neither.
CREATE FUNCTION outbox_resolve(id bigint, verdict text, who text) RETURNS bigint
LANGUAGE sql AS $$
  WITH found AS (
    UPDATE outbox SET state = verdict, attempts = attempts + 1, handed_at = NULL, lease_until = NULL,
           next_try = clock_timestamp(), answer = 'says ' || who,
           settled_at = CASE WHEN verdict <> 'queued' THEN clock_timestamp() END
     WHERE outbox_id = id
       AND (state = 'uncertain' AND verdict IN ('accepted', 'bounced', 'failed', 'queued')
            OR state = 'accepted' AND verdict = 'bounced')
     RETURNING outbox_id, state, answer
  ), told AS (
    INSERT INTO outbox_event (outbox_id, state, answer) SELECT outbox_id, state, answer FROM found
  )
  SELECT outbox_id FROM found
$$;

-- Tries ID again now; null: whatever is deferred, or failed within a week.  Never what is
-- uncertain.  How many.
CREATE FUNCTION outbox_retry(id bigint) RETURNS bigint
LANGUAGE sql AS $$
  WITH again AS (
    UPDATE outbox SET state = CASE state WHEN 'failed' THEN 'queued' ELSE state END,
           next_try = clock_timestamp(), queued_at = clock_timestamp(), settled_at = NULL
     WHERE recipient <> '' AND state IN ('deferred', 'queued', 'failed')
       AND CASE WHEN id IS NULL
                THEN state <> 'failed' OR settled_at > clock_timestamp() - interval '7 days'
                ELSE outbox_id = id END
     RETURNING outbox_id, state
  ), told AS (
    INSERT INTO outbox_event (outbox_id, state, answer) SELECT outbox_id, state, 'tried again by hand' FROM again
  )
  SELECT count(*) FROM again
$$;

-- A decision about one line on a page: `retry`, or a verdict of outbox_resolve().
CREATE FUNCTION delivery_decide(id bigint, action text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  o outbox;
  s schedule;
BEGIN
  SELECT x.* INTO o FROM outbox x WHERE x.outbox_id = id FOR UPDATE;
  SELECT x.* INTO s FROM schedule x WHERE x.schedule_id = o.schedule_id;
  IF s.schedule_id IS NULL OR NOT (may_see_all() OR s.owner_id = ANY (agencies_seen())
       OR o.kind <> 'alert' AND o.recipient = ANY (addresses_seen())) THEN
    RAISE EXCEPTION 'there is no delivery %', id USING ERRCODE = 'no_data_found';
  ELSIF NOT may_schedule(s.owner_id) THEN
    PERFORM refuse_asker();
  END IF;
  IF action = 'retry' AND outbox_retry(id) = 0
     OR action <> 'retry' AND outbox_resolve(id, action, asking_user()) IS NULL THEN
    RAISE EXCEPTION 'delivery % is % by now, which % does not fit', id, o.state, action
      USING ERRCODE = 'NQ409';
  END IF;
  PERFORM schedule_log('decide_delivery', s, jsonb_build_object('delivery', id, 'recipient', o.recipient,
            'period', o.period, 'was', o.state, 'decision', action));
END $$;
