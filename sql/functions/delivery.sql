-- delivery.sql -- what is due, to whom it goes, and what became of it.

-- ---------------------------------------------------------------- periods

-- The last complete period of the kind that COVERS names ("month", "nd09-quarter"), on
-- DAY.
CREATE FUNCTION period_before(covers text, day date) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  WITH asked AS (
    SELECT covers LIKE 'nd09-%' AS nd09, replace(covers, 'nd09-', '') AS kind
  ), named AS (   -- a day of the month that the period is named after
    SELECT a.*, CASE WHEN nd09 THEN (date_trunc('month', day - 14) + interval '1 month')::date
                     ELSE day END AS d FROM asked a
  )
  SELECT period_shift(
    CASE WHEN nd09 THEN 'ND09-' ELSE '' END
    || period_code(false, kind, CASE kind
         WHEN 'half' THEN make_date(extract(year FROM d)::int,
                                    CASE WHEN extract(month FROM d) > 6 THEN 7 ELSE 1 END, 1)
         ELSE date_trunc(kind, d::timestamp)::date END), -1)
    FROM named
$$;

-- Who of the population has sent anything for a period.
CREATE FUNCTION readiness(code text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('population', count(*), 'heard', count(*) FILTER (WHERE spoke),
    'silent', coalesce(jsonb_agg(jsonb_build_object('agency', h.agency, 'name_vi', a.name_vi,
                         'name_en', coalesce(a.name_en, a.name_vi)) ORDER BY h.agency COLLATE "C")
                       FILTER (WHERE NOT spoke), '[]'))
    FROM (SELECT o.agency_id, o.agency, bool_or(o.denominator IS NOT NULL) AS spoke
            FROM live_observations(code, NULL) o WHERE o.in_population
           GROUP BY o.agency_id, o.agency) h
    JOIN agency a USING (agency_id)
$$;

-- The vintage that a report of a period is drawn from; null: the figures of now.
CREATE FUNCTION standing_vintage(code text) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN period_state(code, office_today()) = 'final'
              THEN vintage_at(code, 'infinity') END
$$;

-- ---------------------------------------------------------------- schedules

-- Notes that schedule ID is due for the periods before DAYS, of which only the last is
-- sent: the others were missed while nothing ran (a long halt, a clock that jumped).
CREATE FUNCTION schedule_due(id bigint, days date[], moments timestamptz[], following timestamptz,
                             following_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  s nq17.schedule;
BEGIN
  SELECT x.* INTO s FROM nq17.schedule x WHERE x.schedule_id = id FOR UPDATE;
  FOR i IN 1 .. coalesce(cardinality(days), 0) LOOP
    INSERT INTO schedule_run (schedule_id, period, due_at, deadline_at, state)
    VALUES (id, period_before(s.covers, days[i]), moments[i], moments[i] + s.deadline,
            CASE WHEN i = cardinality(days) THEN 'waiting' ELSE 'skipped' END)
    ON CONFLICT (schedule_id, period) DO UPDATE SET state = 'waiting', due_at = excluded.due_at,
          deadline_at = excluded.deadline_at
      WHERE schedule_run.state = 'skipped' AND excluded.state = 'waiting';
  END LOOP;
  UPDATE schedule SET next_run = following, next_day = following_day WHERE schedule_id = id;
END $$;

-- The agencies whose editions a schedule makes for a period: asked when they are sent.
CREATE FUNCTION schedule_scopes(s schedule, code text) RETURNS TABLE (agency_id int, label text)
LANGUAGE sql STABLE AS $$
  SELECT 0, 'VN' WHERE (s).agency_id = 0
  UNION ALL
  -- the one that answers for it on the period's last day
  SELECT r.agency_id, r.label
    FROM roster(lower(period_range(code)), upper(period_range(code)), period_day(code)) r
   WHERE CASE WHEN (s).agency_id IS NOT NULL
              THEN r.in_force AND (r.agency_id = (s).agency_id
                   OR EXISTS (SELECT FROM agency_heir h WHERE h.agency_id = (s).agency_id
                                 AND h.heir_id = r.agency_id
                                 AND period_day(code) BETWEEN h.first_day AND h.last_day))
              WHEN (s).each_kind = 'all' THEN r.in_population
              WHEN (s).each_kind = 'central'
              THEN r.in_force AND r.kind IN ('ministry', 'ministerial_agency')
              ELSE r.in_force AND r.kind::text = (s).each_kind END
$$;

-- To whom they go.  `contacts` stands for those of the agency, or of whom answers for it
-- today; {agency} in an address for its code.  An address that is a contact of agencies
-- gets their editions only, whatever the schedule names.
CREATE FUNCTION schedule_recipients(s schedule, code text)
RETURNS TABLE (agency_id int, recipient text)
LANGUAGE sql STABLE AS $$
  WITH scope AS (
    SELECT x.agency_id, x.label,
           ARRAY(SELECT x.agency_id UNION SELECT h.heir_id FROM agency_heir h
                  WHERE h.agency_id = x.agency_id
                    AND office_today() BETWEEN h.first_day AND h.last_day) AS answering
      FROM schedule_scopes(s, code) x
  ), named AS (
    SELECT x.agency_id, x.answering, replace(r, '{agency}', lower(replace(x.label, '@', '-'))) AS r
      FROM scope x CROSS JOIN unnest((s).recipients) r WHERE r <> 'contacts'
  )
  SELECT DISTINCT n.agency_id, n.r FROM named n
   WHERE (s).each_kind IS NULL OR NOT EXISTS (SELECT FROM agency_contact c WHERE c.address = n.r)
      OR EXISTS (SELECT FROM agency_contact c
                  WHERE c.address = n.r AND c.agency_id = ANY (n.answering))
  UNION
  SELECT x.agency_id, c.address
    FROM scope x JOIN agency_contact c ON c.agency_id = ANY (x.answering)
   WHERE 'contacts' = ANY ((s).recipients)
  UNION   -- for whom nobody is named: seen, and told to the owner
  SELECT x.agency_id, '' FROM scope x
   WHERE (s).recipients = ARRAY['contacts']
     AND NOT EXISTS (SELECT FROM agency_contact c WHERE c.agency_id = ANY (x.answering))
$$;

-- One letter to the owner of what went wrong with a period: while one waits it tells of
-- everything, afterwards another is written.
CREATE FUNCTION owner_alert(schedule bigint, code text, otherwise text) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO outbox (schedule_id, period, recipient, agency_id, kind, revision, next_try)
  SELECT s.schedule_id, code, coalesce(s.alert_to, otherwise), s.owner_id, 'alert',
         (SELECT count(*) FROM outbox o WHERE o.schedule_id = s.schedule_id AND o.period = code
             AND o.kind = 'alert'), clock_timestamp() + interval '20 seconds'
    FROM schedule s
   WHERE s.schedule_id = owner_alert.schedule AND coalesce(s.alert_to, otherwise) IS NOT NULL
     AND NOT EXISTS (SELECT FROM outbox o WHERE o.schedule_id = s.schedule_id AND o.period = code
                        AND o.kind = 'alert' AND o.state IN ('queued', 'deferred'))
  ON CONFLICT DO NOTHING
$$;

-- Puts the letters of a period into the outbox, each once.  How many are new.
CREATE FUNCTION schedule_fire(id bigint, code text, why text, otherwise text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  s nq17.schedule;
  added bigint;
  lost bigint;
BEGIN
  SELECT x.* INTO s FROM nq17.schedule x WHERE x.schedule_id = id;
  PERFORM period_range(code);
  INSERT INTO schedule_run (schedule_id, period, due_at, state, fired_at, cause, readiness)
  VALUES (id, code, clock_timestamp(), 'fired', clock_timestamp(), why,
          CASE WHEN why <> 'time' THEN readiness(code) END)
  ON CONFLICT (schedule_id, period) DO UPDATE
    SET state = 'fired', fired_at = excluded.fired_at, cause = excluded.cause,
        readiness = excluded.readiness
    WHERE schedule_run.state <> 'fired';
  WITH came AS (
    INSERT INTO outbox (schedule_id, period, recipient, agency_id, kind, state, answer, settled_at)
    SELECT id, code, r.recipient, r.agency_id, 'report',
           CASE WHEN r.recipient = '' THEN 'failed' ELSE 'queued' END,
           CASE WHEN r.recipient = '' THEN 'the agency has no contact (nq17 schedule contact)' END,
           CASE WHEN r.recipient = '' THEN clock_timestamp() END
      FROM schedule_recipients(s, code) r
    ON CONFLICT DO NOTHING
    RETURNING outbox_id, state, answer
  ), told AS (
    INSERT INTO outbox_event (outbox_id, state, answer) SELECT outbox_id, state, answer FROM came
  )
  SELECT count(*), count(*) FILTER (WHERE state = 'failed') INTO added, lost FROM came;
  IF lost > 0 OR NOT EXISTS (SELECT FROM outbox o WHERE o.schedule_id = id AND o.period = code) THEN
    PERFORM owner_alert(id, code, otherwise);
  END IF;
  RETURN added;
END $$;

-- Why a run that waits is to be sent now; null: it waits on.
CREATE FUNCTION run_cause(s schedule, r schedule_run) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  ready jsonb;
BEGIN
  IF (s).fires = 'time' THEN
    RETURN 'time';
  ELSIF (s).fires = 'published' AND standing_vintage((r).period) IS NOT NULL THEN
    RETURN 'published';
  ELSIF (s).fires = 'coverage' THEN
    ready := readiness((r).period);
    IF (ready ->> 'population')::int > 0
       AND (ready ->> 'heard')::int * 100 >= (s).coverage * (ready ->> 'population')::int THEN
      RETURN 'coverage';
    END IF;
  END IF;
  RETURN CASE WHEN clock_timestamp() >= (r).deadline_at THEN 'deadline' END;
END $$;

-- ---------------------------------------------------------------- corrections

-- The figures of an edition that are others in a vintage.
CREATE FUNCTION edition_differences(edition bigint, vintage bigint)
RETURNS TABLE (indicator text, was jsonb, is_now jsonb)
LANGUAGE sql STABLE AS $$
  SELECT v.indicator, f, v.object::jsonb
    FROM edition e CROSS JOIN jsonb_array_elements(e.figures) f
    JOIN vintage_observation v ON v.vintage_id = edition_differences.vintage
                              AND v.agency_id = e.agency_id AND v.indicator = f ->> 'indicator'
   WHERE e.edition_id = edition_differences.edition
     AND (f -> 'numerator', f -> 'denominator', f -> 'value', f -> 'status', f -> 'rank')
         IS DISTINCT FROM
         (v.object::jsonb -> 'numerator', v.object::jsonb -> 'denominator', v.object::jsonb -> 'value',
          v.object::jsonb -> 'status', v.object::jsonb -> 'rank')
$$;

-- The same with names, and with the causes where both were published.
CREATE FUNCTION edition_changes(edition bigint, vintage bigint)
RETURNS TABLE (indicator text, name_vi text, name_en text, old jsonb, new jsonb, causes text[])
LANGUAGE sql STABLE AS $$
  WITH led AS (
    SELECT r.indicator, array_agg(DISTINCT r.cause ORDER BY r.cause) AS causes
      FROM edition e CROSS JOIN LATERAL restatement(e.vintage_id, edition_changes.vintage) r
     WHERE e.edition_id = edition_changes.edition AND e.vintage_id IS NOT NULL
       AND r.agency = CASE WHEN e.agency_id = 0 THEN 'VN' ELSE
             (SELECT a.label FROM agency a WHERE a.agency_id = e.agency_id) END
     GROUP BY r.indicator
  )
  SELECT d.indicator, i.name_vi, i.name_en, d.was, d.is_now, l.causes
    FROM edition_differences(edition_changes.edition, edition_changes.vintage) d
    JOIN indicator i ON i.slug = d.indicator LEFT JOIN led l USING (indicator)
   ORDER BY i.ordinal
$$;

-- One correction to each recipient whose last edition a newer vintage contradicts.
CREATE FUNCTION corrections_queue() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  run record;
  added bigint;
  total bigint := 0;
BEGIN
  FOR run IN
    SELECT r.schedule_id, r.period, v.id AS vintage
      FROM schedule_run r JOIN schedule s USING (schedule_id)
     CROSS JOIN LATERAL (SELECT standing_vintage(r.period) AS id) v
     WHERE r.state = 'fired' AND s.state = 'active' AND v.id > coalesce(r.vintage_seen, 0)
       -- a row that is under way may have either
       AND NOT EXISTS (SELECT FROM outbox o WHERE o.schedule_id = r.schedule_id
                          AND o.period = r.period AND o.kind <> 'alert'
                          AND o.state IN ('queued', 'rendering', 'deferred'))
  LOOP
    WITH last AS (
      SELECT DISTINCT ON (o.recipient, o.agency_id) o.recipient, o.agency_id, o.edition_id
        FROM outbox o
       WHERE o.schedule_id = run.schedule_id AND o.period = run.period
         AND o.kind <> 'alert' AND o.state IN ('accepted', 'uncertain')
         AND o.edition_id IS NOT NULL
       ORDER BY o.recipient, o.agency_id, o.revision DESC
    ), outdated AS (
      SELECT e.edition_id FROM (SELECT DISTINCT edition_id FROM last) l JOIN edition e USING (edition_id)
       WHERE coalesce(e.vintage_id, 0) < run.vintage
         AND EXISTS (SELECT FROM edition_differences(e.edition_id, run.vintage))
    )
    INSERT INTO outbox (schedule_id, period, recipient, agency_id, kind, revision)
    SELECT run.schedule_id, run.period, l.recipient, l.agency_id, 'correction', run.vintage
      FROM last l JOIN outdated USING (edition_id)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    total := total + added;
    UPDATE schedule_run SET vintage_seen = run.vintage
     WHERE schedule_id = run.schedule_id AND period = run.period;
  END LOOP;
  RETURN total;
END $$;

-- ---------------------------------------------------------------- the outbox

-- Notes what became of a row that ATTEMPT holds.  Nothing where another has it by now;
-- but an answer that comes late still ends the uncertainty.
CREATE FUNCTION outbox_settle(id bigint, attempt int, verdict text, said text, again interval,
                              otherwise text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  o nq17.outbox;
BEGIN
  UPDATE nq17.outbox SET state = verdict, answer = said, lease_until = NULL, leased_by = NULL,
         next_try = clock_timestamp() + coalesce(again, '0'),
         handed_at = CASE WHEN verdict = 'deferred' THEN NULL ELSE handed_at END,
         settled_at = CASE WHEN verdict <> 'deferred' THEN clock_timestamp() END
   WHERE outbox_id = id AND attempts = attempt AND state IN ('rendering', 'uncertain')
   RETURNING * INTO o;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO outbox_event (outbox_id, state, answer) VALUES (id, verdict, said);
  IF verdict IN ('failed', 'uncertain', 'bounced') AND o.kind <> 'alert' THEN
    PERFORM owner_alert(o.schedule_id, o.period, otherwise);
  END IF;
  RETURN true;
END $$;

-- A report says that the mail NUMBER came back.  One mail goes to one recipient, so its number
-- tells the line; a report that names another original recipient is not about it.  What is
-- still under way is looked at later: its server's answer comes first.
CREATE FUNCTION outbox_bounce(number text, original text, final text, reason text, otherwise text)
RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  o nq17.outbox;
  said text;
BEGIN
  SELECT x.* INTO o FROM nq17.outbox x WHERE x.message_id = number FOR UPDATE;
  IF NOT FOUND OR original <> '' AND lower(original) <> lower(o.recipient) THEN
    RETURN 'unknown';
  ELSIF o.state = 'rendering' THEN
    RETURN 'later';
  ELSIF o.state NOT IN ('accepted', 'uncertain') THEN
    RETURN 'unknown';
  END IF;
  said := concat_ws(' ', nullif(reason, ''),   -- an address may lead to another
                    CASE WHEN final <> '' AND lower(final) <> lower(o.recipient) THEN '(' || final || ')' END);
  UPDATE nq17.outbox SET state = 'bounced', answer = coalesce(nullif(said, ''), 'it came back'),
         settled_at = clock_timestamp()
   WHERE outbox_id = o.outbox_id
   RETURNING * INTO o;
  INSERT INTO outbox_event (outbox_id, state, answer) VALUES (o.outbox_id, o.state, o.answer);
  IF o.kind <> 'alert' THEN
    PERFORM owner_alert(o.schedule_id, o.period, otherwise);
  END IF;
  RETURN 'bounced';
END $$;

-- What is left of schedules that were removed is not sent.
CREATE FUNCTION outbox_drop() RETURNS void
LANGUAGE sql AS $$
  WITH dropped AS (
    UPDATE outbox o
       SET state = 'failed', answer = 'the schedule was removed', settled_at = clock_timestamp()
      FROM schedule s
     WHERE s.schedule_id = o.schedule_id AND s.state = 'removed' AND o.kind <> 'alert'
       AND (o.state IN ('queued', 'deferred')
            OR (o.state = 'rendering' AND o.handed_at IS NULL AND o.lease_until < clock_timestamp()))
     RETURNING o.outbox_id, o.state, o.answer
  )
  INSERT INTO outbox_event (outbox_id, state, answer) SELECT * FROM dropped
$$;

-- Rows that could not be sent for so long that the owner is to know.
CREATE FUNCTION is_late(o outbox) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT (o).state = 'deferred' AND (o).kind <> 'alert'
         AND (o).queued_at < clock_timestamp() - interval '4 hours'
$$;

-- A lease that ran out with the end of the message under way tells nothing: it may have
-- arrived.
CREATE FUNCTION outbox_expire(otherwise text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  row record;
  count bigint := 0;
BEGIN
  FOR row IN SELECT outbox_id, attempts FROM outbox
              WHERE state = 'rendering' AND handed_at IS NOT NULL AND lease_until < clock_timestamp()
              FOR UPDATE SKIP LOCKED LOOP
    PERFORM outbox_settle(row.outbox_id, row.attempts, 'uncertain',
      'the process ended while the server had not answered; it may have arrived', NULL, otherwise);
    count := count + 1;
  END LOOP;
  PERFORM outbox_drop();
  PERFORM owner_alert(l.schedule_id, l.period, otherwise)
     FROM (SELECT o.schedule_id, o.period, max(o.queued_at) AS queued_at FROM outbox o WHERE is_late(o)
            GROUP BY o.schedule_id, o.period) l
    WHERE NOT EXISTS (SELECT FROM outbox a WHERE a.schedule_id = l.schedule_id AND a.period = l.period
                         AND a.kind = 'alert' AND a.queued_at > l.queued_at + interval '4 hours');
  RETURN count;
END $$;

-- ---------------------------------------------------------------- where we are

-- Which server, since which restore.
CREATE FUNCTION server_place() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT s.system_identifier || '/' || c.timeline_id || '/' || current_database()
    FROM pg_control_system() s, pg_control_checkpoint() c
$$;

-- Is nothing sent, as this is a copy of the place where deliveries are made from?  For the
-- pages: a copy of the database is known at once, another archive once a deliverer looked.
CREATE FUNCTION deliveries_halted() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
  SELECT EXISTS (SELECT FROM delivery_place p
                  WHERE p.found IS NOT NULL OR NOT starts_with(p.place, server_place() || ' '))
$$;
