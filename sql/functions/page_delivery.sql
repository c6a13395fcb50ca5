-- page_delivery.sql -- the pages of schedules and of what was sent.  They list what row-level
-- security shows to who asks (delivery_access.sql).

CREATE FUNCTION schedule_agency(id int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN id = 0
              THEN jsonb_build_object('agency', 'VN', 'name_vi', 'Văn phòng Chính phủ', 'name_en', 'Office of the Government')
              ELSE (SELECT jsonb_build_object('agency', a.label, 'name_vi', a.name_vi, 'name_en', coalesce(a.name_en, a.name_vi))
                      FROM agency a WHERE a.agency_id = id) END
$$;

-- Whose edition: of an agency, or of the nation.
CREATE FUNCTION edition_scope(id int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN id = 0 THEN jsonb_build_object('agency', 'VN', 'name_vi', 'Cả nước', 'name_en', 'the nation')
              ELSE schedule_agency(id) END
$$;

CREATE FUNCTION period_object(code text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('period', code, 'period_name_vi', period_name(code, 'vi'),
                            'period_name_en', period_name(code, 'en'))
$$;

-- ---------------------------------------------------------------- schedules

-- How many lines of the ledger came to what.
CREATE FUNCTION run_counts(id bigint, code text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('lines', count(*), 'accepted', count(*) FILTER (WHERE o.state = 'accepted'),
           'waiting', nullif(count(*) FILTER (WHERE o.state IN ('queued', 'rendering', 'deferred')), 0),
           'uncertain', nullif(count(*) FILTER (WHERE o.state = 'uncertain'), 0),
           'failed', nullif(count(*) FILTER (WHERE o.state IN ('failed', 'bounced')), 0))
    FROM outbox o WHERE o.schedule_id = id AND o.period = code AND o.kind <> 'alert'
$$;

CREATE FUNCTION run_object(r schedule_run) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT period_object(r.period) || run_counts(r.schedule_id, r.period)
         || jsonb_build_object('due_at', r.due_at, 'deadline_at', r.deadline_at, 'state', r.state,
              'is', jsonb_build_object(r.state, true), 'fired_at', r.fired_at, 'cause', r.cause,
              'silent', nullif(jsonb_array_length(r.readiness -> 'silent'), 0))
$$;

CREATE FUNCTION schedule_object(s schedule) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('schedule', s.schedule_id, 'name', s.name, 'state', s.state,
    'is', jsonb_build_object(s.state, true), 'owner', schedule_agency(s.owner_id), 'report', s.report,
    'indicator', (SELECT jsonb_build_object('indicator', i.slug, 'name_vi', i.name_vi, 'name_en', i.name_en)
                    FROM indicator i WHERE i.slug = s.indicator),
    'each', s.each_kind, 'scope', CASE WHEN s.agency_id IS NOT NULL THEN edition_scope(s.agency_id) END,
    'covers', s.covers, 'lang', s.lang, 'formats', array_to_string(s.formats, ', '),
    'forms', (SELECT jsonb_agg(jsonb_build_object('format', f) ORDER BY place) FROM unnest(s.formats) WITH ORDINALITY x(f, place)), 'rrule', s.rrule,
    'starts', to_char(s.starts, 'YYYY-MM-DD'), 'at', to_char(s.starts, 'HH24:MI'), 'zone', s.zone,
    'is_home', s.zone = 'Asia/Ho_Chi_Minh',
    'workdays', s.shift, 'fires', s.fires, 'coverage', s.coverage,
    'deadline_days', ceil(extract(epoch FROM s.deadline) / 86400),
    'recipients', to_jsonb(s.recipients), 'addresses', to_jsonb(array_remove(s.recipients, 'contacts')),
    'to_contacts', 'contacts' = ANY (s.recipients), 'alert', s.alert_to, 'next_run', s.next_run,
    'next', CASE WHEN s.next_day IS NOT NULL THEN period_object(period_before(s.covers, s.next_day)) END,
    'can_change', may_schedule(s.owner_id) AND s.state <> 'removed')
$$;

-- The same as a line of a table.
CREATE FUNCTION schedule_line(s schedule) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT o || jsonb_build_object('owner_code', o -> 'owner' -> 'agency', 'scope_code', coalesce(o -> 'scope' -> 'agency', o -> 'each'),
                                 'next_period', o -> 'next' -> 'period', 'next_run_at', s.next_run)
    FROM schedule_object(s) o
$$;

CREATE FUNCTION schedules_page(note text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT data_frame() || jsonb_build_object('is_done', note = 'done', 'halted', deliveries_halted(),
    'can_add', scheduling_owner() IS NOT NULL,
    'uncertain', (SELECT nullif(count(*), 0) FROM outbox o WHERE o.state = 'uncertain'),
    'failed', (SELECT nullif(count(*), 0) FROM outbox o WHERE o.state IN ('failed', 'bounced')
                  AND o.settled_at > clock_timestamp() - interval '7 days'),
    'active', (SELECT count(*) FROM schedule s WHERE s.state = 'active'),
    'schedules', (SELECT jsonb_agg(schedule_line(s) || jsonb_build_object('last',
                           (SELECT run_object(r) FROM schedule_run r
                             WHERE r.schedule_id = s.schedule_id AND r.state = 'fired'
                             ORDER BY r.fired_at DESC LIMIT 1))
                         ORDER BY s.owner_id, s.name)
                    FROM schedule s WHERE s.state <> 'removed'))
$$;

-- One schedule, and the last fifty periods that it came to.
CREATE FUNCTION schedule_page(id text, note text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT data_frame() || jsonb_build_object('is_done', note = 'done', 'halted', deliveries_halted(),
    'schedule', schedule_object(s),
    'runs', (SELECT jsonb_agg(run_object(row(r.*)::schedule_run) ORDER BY r.due_at DESC)
               FROM (SELECT * FROM schedule_run x WHERE x.schedule_id = s.schedule_id
                      ORDER BY x.due_at DESC LIMIT 50) r))
    FROM schedule s WHERE s.schedule_id = page_number(id)
$$;

-- What the form of a new schedule (ID null), or of one that is changed, offers.
CREATE FUNCTION schedule_form_page(id text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  s schedule;
  owner int := scheduling_owner();
BEGIN
  IF id IS NOT NULL THEN
    SELECT x.* INTO s FROM schedule x WHERE x.schedule_id = page_number(id) AND x.state <> 'removed';
    IF s.schedule_id IS NULL THEN
      RETURN NULL;
    END IF;
    owner := s.owner_id;
  END IF;
  IF owner IS NULL OR NOT may_schedule(owner) THEN
    PERFORM refuse_asker();
  END IF;
  RETURN data_frame() || jsonb_build_object('owner', schedule_agency(owner),
    'is_office', owner = 0, 'today', office_today(),
    'schedule', CASE WHEN s.schedule_id IS NOT NULL THEN schedule_object(s)
       || jsonb_build_object('kept', (SELECT jsonb_agg(r) FROM unnest(s.recipients) r WHERE r LIKE '%:%'),
                             'credentials', s.credential_file, 'slug', s.indicator) END,
    'agencies', (SELECT jsonb_agg(jsonb_build_object('value', 'agency:' || a.label, 'name_vi', a.name_vi,
                          'name_en', coalesce(a.name_en, a.name_vi)) ORDER BY a.kind, a.name_vi COLLATE "vi-VN-x-icu")
                   FROM agency a
                  WHERE CASE WHEN owner = 0 THEN a.kind IN ('ministry', 'ministerial_agency', 'government_agency', 'province')
                             ELSE a.agency_id = asking_agency() END
                    AND coalesce(a.valid_to, 'infinity') >= office_today()),
    'indicators', (SELECT jsonb_agg(jsonb_build_object('value', i.slug, 'number', i.number, 'name_vi', i.name_vi,
                            'name_en', i.name_en) ORDER BY i.ordinal)
                     FROM indicator i WHERE i.verified AND i.number IS NOT NULL),
    'ways', (SELECT jsonb_agg(jsonb_build_object('value', w.way_id::text, 'name', w.name,
                      'recipient', w.recipient, 'credentials', w.credential_file) ORDER BY w.name)
               FROM delivery_way w WHERE w.owner_id = owner AND w.removed_at IS NULL));
END $$;

-- ---------------------------------------------------------------- the ledger

CREATE FUNCTION delivery_object(o outbox) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT period_object(o.period) || jsonb_build_object('delivery', o.outbox_id, 'schedule', c.caption,
    'agency', edition_scope(o.agency_id), 'recipient', nullif(o.recipient, ''), 'kind', o.kind,
    'revision', o.revision, 'state', o.state, 'is', jsonb_build_object(o.state, true),
    'attempts', o.attempts, 'queued_at', o.queued_at, 'settled_at', o.settled_at,
    'next_try', CASE WHEN o.state IN ('queued', 'deferred') THEN o.next_try END, 'answer', o.answer,
    'message_id', o.message_id, 'sha256', o.sha256, 'schedule_name', c.caption -> 'name',
    'agency_code', edition_scope(o.agency_id) -> 'agency', 'letter', o.kind)
    FROM (SELECT schedule_caption(o.schedule_id) AS caption) c
$$;

CREATE FUNCTION ledger_states() RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT '{queued,rendering,accepted,deferred,bounced,failed,uncertain}'::text[]
$$;

-- Fifty lines (or MOST) before the one with the number AFTER, the newest first.
CREATE FUNCTION deliveries_page(schedule text, period text, state text, recipient text, after text, most text)
RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  id bigint := page_number(schedule);
  edge bigint := page_number(after);
  rows_most int := least(greatest(coalesce(page_number(most), 50), 1), 1000);
  lines jsonb;
  last bigint;
BEGIN
  IF state <> ALL (ledger_states()) THEN
    RAISE EXCEPTION 'state is one of %', array_to_string(ledger_states(), ', ')
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  WITH found AS (
    SELECT * FROM outbox o
     WHERE (edge IS NULL OR o.outbox_id < edge) AND (schedule IS NULL OR o.schedule_id = id)
       AND (period IS NULL OR o.period = period) AND (state IS NULL OR o.state = state)
       AND (recipient IS NULL OR strpos(o.recipient, lower(trim(recipient))) > 0)
     ORDER BY o.outbox_id DESC LIMIT rows_most)
  SELECT jsonb_agg(delivery_object(row(f.*)::outbox) ORDER BY f.outbox_id DESC),
         CASE WHEN count(*) = rows_most THEN min(f.outbox_id) END
    INTO lines, last FROM found f;
  RETURN data_frame() || jsonb_build_object('halted', deliveries_halted(), 'deliveries', lines, 'next', last::text, 'chosen_schedule', id,
    'chosen_period', period, 'chosen_state', state, 'chosen_recipient', recipient,
    'states', (SELECT jsonb_agg(jsonb_build_object('state', s, 'selected', s = coalesce(state, '')) ORDER BY place)
                 FROM unnest(ledger_states()) WITH ORDINALITY x(s, place)),
    'schedules', (SELECT jsonb_agg(jsonb_build_object('schedule', s.schedule_id, 'name', s.name,
                           'selected', s.schedule_id = coalesce(id, 0)) ORDER BY s.name) FROM schedule s));
END $$;

-- One line: what became of it, what was sent, and with what it can be compared.
CREATE FUNCTION delivery_page(number text, note text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  o outbox;
  owns boolean;
BEGIN
  SELECT x.* INTO o FROM outbox x WHERE x.outbox_id = page_number(number);
  IF o.outbox_id IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT may_schedule(s.owner_id) INTO owns FROM schedule s WHERE s.schedule_id = o.schedule_id;
  RETURN data_frame() || jsonb_build_object('is_done', note = 'done', 'is_moved', note = 'moved',
    'delivery', delivery_object(o),
    'can_resolve', owns AND o.state = 'uncertain', 'can_retry', owns AND o.state IN ('failed', 'deferred') AND o.recipient <> '',
    'can_bounce', owns AND o.state = 'accepted',
    'events', (SELECT jsonb_agg(jsonb_build_object('at', e.at, 'state', e.state, 'answer', e.answer) ORDER BY e.at)
                 FROM outbox_event e WHERE e.outbox_id = o.outbox_id),
    'message', (SELECT jsonb_build_object('sha256', a.sha256, 'bytes', a.bytes, 'media_type', a.media_type,
                         'removed_at', a.removed_at) FROM archive a WHERE a.sha256 = o.sha256),
    'edition', (SELECT jsonb_build_object('title', e.title, 'sentence', e.sentence, 'verification', e.verification,
                         'vintage', e.vintage_id, 'as_of', e.as_of, 'made_at', e.made_at)
                  FROM edition e WHERE e.edition_id = o.edition_id),
    'files', (SELECT jsonb_agg(jsonb_build_object('format', f.format, 'name', nullif(f.name, ''), 'sha256', f.sha256,
                       'bytes', a.bytes, 'removed_at', a.removed_at) ORDER BY f.name = '', f.format)
                FROM edition_file f JOIN archive a USING (sha256) WHERE f.edition_id = o.edition_id),
    'others', (SELECT jsonb_agg(x.line ORDER BY x.outbox_id DESC)
                 FROM (SELECT p.outbox_id, period_object(p.period) || jsonb_build_object('delivery', p.outbox_id, 'this', o.outbox_id,
                              'kind', p.kind, 'state', p.state, 'settled_at', p.settled_at) AS line
                         FROM outbox p
                        WHERE o.edition_id IS NOT NULL AND p.edition_id <> o.edition_id
                          AND p.schedule_id = o.schedule_id AND p.agency_id = o.agency_id
                          AND p.recipient = o.recipient
                        ORDER BY p.outbox_id DESC LIMIT 24) x));
END $$;

-- The figures in which the editions of two lines differ; null: not in that edition.
CREATE FUNCTION delivery_changes(one bigint, two bigint)
RETURNS TABLE (agency text, indicator text, old jsonb, new jsonb)
LANGUAGE sql STABLE AS $$
  WITH figure AS (
    SELECT o.outbox_id, f ->> 'agency' AS agency, f ->> 'indicator' AS indicator, f
      FROM outbox o JOIN edition e USING (edition_id) CROSS JOIN jsonb_array_elements(e.figures) f
     WHERE o.outbox_id IN (one, two)
  ), a AS (SELECT * FROM figure WHERE outbox_id = one),
  b AS (SELECT * FROM figure WHERE outbox_id = two)
  SELECT agency, indicator, a.f, b.f
    FROM a FULL JOIN b USING (agency, indicator)
   WHERE (a.f -> 'numerator', a.f -> 'denominator', a.f -> 'value', a.f -> 'status')
         IS DISTINCT FROM
         (b.f -> 'numerator', b.f -> 'denominator', b.f -> 'value', b.f -> 'status')
$$;

CREATE FUNCTION compared_figure(f jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN f IS NOT NULL
    THEN jsonb_build_object('numerator', f -> 'numerator', 'denominator', f -> 'denominator', 'value', f -> 'value',
           'percent', f -> 'percent', 'status', f -> 'status', 'rank', f -> 'rank') END
$$;

CREATE FUNCTION delivery_comparison(one text, two text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT data_frame() || jsonb_build_object('one', delivery_object(a), 'two', delivery_object(b),
    'changes', (SELECT jsonb_agg(jsonb_build_object('agency', c.agency, 'indicator', c.indicator,
                         'name_vi', i.name_vi, 'name_en', i.name_en, 'old', compared_figure(c.old),
                         'new', compared_figure(c.new), 'old_numerator', c.old -> 'numerator', 'old_denominator', c.old -> 'denominator',
                         'old_value', c.old -> 'value', 'new_numerator', c.new -> 'numerator',
                         'new_denominator', c.new -> 'denominator', 'new_value', c.new -> 'value') ORDER BY i.ordinal, c.agency COLLATE "C")
                  FROM delivery_changes(a.outbox_id, b.outbox_id) c JOIN indicator i ON i.slug = c.indicator))
    FROM outbox a, outbox b
   WHERE a.outbox_id = page_number(one) AND b.outbox_id = page_number(two)
     AND a.edition_id IS NOT NULL AND b.edition_id IS NOT NULL
$$;

-- A file that was sent, by the hash of its content.
CREATE FUNCTION archived_file(digest text)
RETURNS TABLE (sha256 text, name text, media_type text, removed_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT a.sha256, coalesce((SELECT f.name FROM edition_file f WHERE f.sha256 = a.sha256 AND f.name <> '' LIMIT 1),
                            (SELECT 'nq17-' || o.outbox_id FROM outbox o WHERE o.sha256 = a.sha256 LIMIT 1), 'nq17'),
         a.media_type, a.removed_at
    FROM archive a WHERE a.sha256 = digest
$$;
