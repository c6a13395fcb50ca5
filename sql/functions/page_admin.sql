-- page_admin.sql -- the pages of accounts, keys, changes and the log.  What they list is what
-- row-level security shows to who asks.

-- Of a page without a period: whether what the store holds is real.
CREATE FUNCTION plain_frame() RETURNS json
LANGUAGE sql STABLE AS $$ SELECT json_build_object('sample', store_is_sample()) $$;

-- "Thành công" keys that a page may be asked to show after a form was taken.
CREATE FUNCTION page_note(note text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN note IN ('done', 'weak', 'differ', 'wrong', 'wrong_code') THEN note END
$$;

CREATE FUNCTION account_page(session bigint, note text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('has_no_period', true, 'frame', plain_frame(), 'note', page_note(note),
    'is_done', note = 'done', 'login', c.login, 'full_name', c.name, 'role', c.role,
    'agency', CASE WHEN c.agency_id IS NOT NULL THEN agency_object(c.agency_id) END,
    'provider', account_subject_seen(c.account_id),
    'second_step', account_has_code(c.account_id), 'pending', totp_pending(account_page.session) IS NOT NULL,
    'has_password', account_has_password(),
    'sessions', (SELECT json_agg(json_build_object('id', s.session_id, 'way', s.way,
                          'created_at', s.created_at, 'seen_at', s.seen_at, 'address', s.address,
                          'agent', s.agent, 'is_this', s.session_id = session)
                          ORDER BY s.session_id DESC)
                   FROM session s WHERE s.account_id = c.account_id AND s.is_whole AND s.ended_at IS NULL
                    AND s.expires_at > clock_timestamp()))
    FROM account c WHERE c.login = asking_user()
$$;

-- The agencies that who asks may give accounts and keys to.
CREATE FUNCTION agencies_administered() RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_agg(json_build_object('code', a.label, 'name_vi', a.name_vi, 'name_en', coalesce(a.name_en, a.name_vi))
                  ORDER BY a.kind, name_to_sort(a.name_vi) COLLATE "vi-x-icu", a.label COLLATE "C")
    FROM agency a
   WHERE may_administer(a.agency_id)
     AND coalesce(a.valid_to, 'infinity') >= (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
$$;

CREATE FUNCTION users_page(note text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('has_no_period', true, 'frame', plain_frame(), 'is_done', note = 'done',
    'can_change', asking_role() IN ('administrator', 'leader'),
    'agencies', agencies_administered(),
    'roles', (SELECT json_agg(json_build_object('role', r) ORDER BY place)
                FROM unnest(CASE asking_role() WHEN 'administrator'
                  THEN ARRAY['viewer', 'sender', 'leader', 'office', 'auditor', 'administrator']
                  ELSE ARRAY['viewer', 'sender', 'leader'] END) WITH ORDINALITY x(r, place)),
    'users', (SELECT json_agg(json_build_object('login', c.login, 'full_name', c.name, 'role', c.role,
                       'agency', CASE WHEN c.agency_id IS NOT NULL THEN agency_object(c.agency_id) END,
                       'agency_code', (SELECT a.label FROM agency a WHERE a.agency_id = c.agency_id), 'is_locked', c.locked_at IS NOT NULL, 'locked_by', c.locked_by,
                       'paused_until', account_paused_until(c.account_id),
                       'second_step', account_has_code(c.account_id), 'signed_in_at', c.signed_in_at,
                       'provider', account_subject_seen(c.account_id),
                       'is_self', c.login = asking_user(),
                       'sessions', (SELECT count(*) FROM session s WHERE s.account_id = c.account_id
                                       AND s.ended_at IS NULL AND s.expires_at > clock_timestamp()))
                       ORDER BY c.agency_id NULLS FIRST, c.login)
                FROM account c WHERE c.removed_at IS NULL))
$$;

CREATE FUNCTION keys_page(note text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('has_no_period', true, 'frame', plain_frame(), 'is_done', note = 'done',
    'can_change', asking_role() IN ('administrator', 'leader'), 'agencies', agencies_administered(),
    'keys', (SELECT json_agg(json_build_object('id', k.key_id, 'agency', agency_object(k.agency_id),
                      'agency_code', (SELECT a.label FROM agency a WHERE a.agency_id = k.agency_id),
                      'types_text', array_to_string(k.types, ','), 'types', (SELECT json_agg(json_build_object('type', t) ORDER BY place)
                                  FROM unnest(k.types) WITH ORDINALITY x(t, place)), 'created_at', k.created_at,
                      'expires_at', k.expires_at,
                      'last_day', ((k.expires_at - interval '1 microsecond') AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
                      'last_used_at', k.last_used_at, 'revoked_at', k.revoked_at,
                      'state', CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
                                    WHEN k.expires_at <= clock_timestamp() THEN 'expired' ELSE 'active' END,
                      'is_active', k.revoked_at IS NULL AND coalesce(k.expires_at > clock_timestamp(), true))
                      ORDER BY k.revoked_at IS NOT NULL, k.key_id DESC)
               FROM api_key k))
$$;

-- The details of an entry, each for itself, those within one too; without the number that the
-- object of the entry has in its name.
CREATE FUNCTION log_details(details jsonb) RETURNS TABLE (place text, name text, value text, kind text)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE part AS (
    SELECT d.key AS place, d.key AS name, d.value AS value FROM jsonb_each(details) d
    UNION ALL
    SELECT p.place || '.' || d.key, d.key, d.value
      FROM part p CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(p.value) WHEN 'object' THEN p.value ELSE '{}' END) d
  )
  SELECT p.place, p.name,
         CASE jsonb_typeof(p.value) WHEN 'array' THEN (SELECT string_agg(v, ',' ORDER BY n)
                FROM jsonb_array_elements_text(p.value) WITH ORDINALITY x(v, n)) ELSE p.value #>> '{}' END,
         jsonb_typeof(p.value)
    FROM part p
   WHERE jsonb_typeof(p.value) NOT IN ('object', 'null')
     AND p.name !~ '^(agreement|comparator|dispute|note|revision|source|schedule)_id$'
$$;

-- One of them as the page shows it: a name of the register, a day, a time, a period or a number
-- in the language of the page, else the text or code as it is.
CREATE FUNCTION log_detail(name text, value text, kind text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  a agency;
  i indicator;
BEGIN
  IF name IN ('indicator', 'slug', 'subject') THEN
    SELECT x.* INTO i FROM indicator x WHERE x.slug = value;
    RETURN jsonb_build_object('words_vi', coalesce(i.name_vi, value), 'words_en', coalesce(i.name_en, value));
  ELSIF name IN ('agency', 'agency_id') THEN
    SELECT x.* INTO a FROM agency x
     WHERE CASE name WHEN 'agency' THEN x.label = value ELSE x.agency_id::text = value END;
    RETURN CASE WHEN a.agency_id IS NULL AND value IN ('0', 'VN')
                THEN '{"words_vi": "Cả nước", "words_en": "Viet Nam"}'::jsonb
                ELSE jsonb_build_object('words_vi', coalesce(a.name_vi, value),
                                        'words_en', coalesce(a.name_en, a.name_vi, value)) END;
  ELSIF value ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d' THEN
    RETURN jsonb_build_object('time', value);
  ELSIF value ~ '^\d{4}-\d\d-\d\d$' THEN
    RETURN jsonb_build_object('date', value);
  ELSIF name = 'period' THEN
    RETURN jsonb_build_object('period', value);
  ELSIF kind = 'boolean' THEN
    RETURN jsonb_build_object('answer', CASE value WHEN 'true' THEN 'yes' ELSE 'no' END);
  ELSIF name IN ('value', 'target') AND value ~ '^[01]\.\d{6}$' THEN
    RETURN jsonb_build_object('percent', trim_scale(100 * value::numeric)::text);
  ELSIF name = 'percent' THEN
    RETURN jsonb_build_object('percent', value);
  ELSIF kind = 'number' AND name NOT LIKE '%\_id' THEN
    RETURN jsonb_build_object('number', value);
  END IF;
  RETURN jsonb_build_object('words', value);
END $$;

-- MOST entries (50, unless asked) before BEFORE, the newest first.
CREATE FUNCTION log_page(before text, actor text, action text, object text, most text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  entries json;
  last bigint;
  rows_most int := least(greatest(coalesce(page_number(most), 50), 1), 10000);
BEGIN
  IF before !~ '^\d{1,18}$' THEN
    RAISE EXCEPTION 'before is the number of an entry' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  WITH found AS (
    SELECT * FROM audit_log l
     WHERE (before IS NULL OR l.id < before::bigint) AND (actor IS NULL OR l.actor = actor)
       AND (action IS NULL OR l.action = action) AND (object IS NULL OR starts_with(l.object, object))
     ORDER BY l.id DESC LIMIT rows_most)
  SELECT json_agg(json_build_object('id', f.id, 'at', f.at, 'actor', f.actor, 'role', f.role,
           'action', f.action, 'object', f.object, 'hash', left(encode(f.hash, 'hex'), 16),
           'sha256', encode(f.hash, 'hex'), 'previous', encode(f.previous, 'hex'),
           'details_text', f.details::text, 'details', (SELECT json_agg(jsonb_build_object('name', d.name, 'value', d.value) || log_detail(d.name, d.value, d.kind) ORDER BY d.place)
                         FROM log_details(f.details) d WHERE d.value <> '')) ORDER BY f.id DESC),
         CASE WHEN count(*) = rows_most THEN min(f.id) END
    INTO entries, last FROM found f;
  RETURN json_build_object('has_no_period', true, 'frame', plain_frame(), 'entries', entries, 'next', last, 'actor', actor,
    'action', action, 'object', object,
    'actions', (SELECT json_agg(json_build_object('name', a.action, 'selected', a.action = log_page.action) ORDER BY a.action)
                  FROM (SELECT DISTINCT l.action FROM audit_log l) a));
END $$;

-- ---------------------------------------------------------------- changes of the office

-- What a draft would put in, as lines; what says the same again in other columns is left out.
CREATE FUNCTION change_lines(r revision) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_agg(json_build_object('name', x.name, 'day', CASE WHEN x.name = 'deadline' THEN x.value END,
           'kinds', CASE WHEN x.name = 'kinds' THEN (SELECT json_agg(json_build_object('kind', k) ORDER BY k)
                      FROM jsonb_array_elements_text(r.content -> 'kinds') k) END,
           'answer', CASE WHEN x.value IN ('true', 'false') THEN CASE x.value WHEN 'true' THEN 'yes' ELSE 'no' END END,
           'value', CASE WHEN x.name NOT IN ('deadline', 'kinds') AND x.value NOT IN ('true', 'false') THEN x.value END) ORDER BY x.place)
    FROM (SELECT f.name, f.place, CASE f.name
            WHEN 'value' THEN CASE WHEN (r.content ->> 'denominator')::numeric = 1 THEN r.content ->> 'numerator'
                ELSE trim_scale(100 * (r.content ->> 'numerator')::numeric / (r.content ->> 'denominator')::numeric)
                     || '%' END
            WHEN 'direction' THEN translate(r.content ->> 'direction', '>=<', '≥=≤')
            WHEN 'members' THEN (SELECT string_agg(a.label, ', ' ORDER BY a.label COLLATE "C")
                FROM agency a WHERE to_jsonb(a.agency_id) <@ (r.content -> 'members'))
            ELSE nullif(r.content ->> f.name, '[]') END AS value
            FROM unnest('{value,direction,deadline,kinds,members,formula,closed,name_vi,name_en,'
                        'definition_vi,definition_en,clause_vi,clause_en,note_vi,note_en,source,phase,verified,confidence}'::text[])
                 WITH ORDINALITY f(name, place)
           WHERE r.content ? f.name OR f.name = 'value' AND r.content ? 'numerator') x
   WHERE x.value <> ''
$$;

-- The target or indicator that a change is of; no name: of every indicator.
CREATE FUNCTION revision_about(r revision, lang text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE lang WHEN 'en' THEN coalesce(t.name_en, i.name_en) ELSE coalesce(t.name_vi, i.name_vi) END
    FROM (SELECT 1) one
    LEFT JOIN target_last(CASE r.kind WHEN 'target' THEN r.subject END) t ON true
    LEFT JOIN indicator i ON i.slug = r.slug
$$;

CREATE FUNCTION revision_object(r revision) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('id', r.revision_id, 'kind', r.kind, 'subject', r.subject, 'set', r.set_name,
    'line', CASE r.kind WHEN 'target' THEN r.subject END,
    'about_vi', revision_about(r, 'vi'), 'about_en', revision_about(r, 'en'),
    'from', r.effective_from, 'changes', change_lines(r), 'reason', r.reason, 'clause', nullif(r.clause, ''),
    'author', r.author, 'state', r.state, 'decided_by', r.decided_by, 'decided_at', r.decided_at,
    'is_draft', r.state = 'draft',
    'can_approve', r.state = 'draft' AND may_decide() AND r.author <> asking_user(),
    'can_drop', r.state = 'draft' AND may_decide())
$$;

CREATE FUNCTION may_decide() RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT asking_role() IN ('system', 'office', 'administrator') $$;

CREATE FUNCTION targets_page(note text) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('has_no_period', true, 'frame', plain_frame(), 'is_done', note = 'done',
    'can_change', may_decide(),
    'drafts', (SELECT json_agg(revision_object(r) ORDER BY r.revision_id DESC) FROM revision r WHERE r.state = 'draft'),
    'decided', (SELECT json_agg(revision_object(r) ORDER BY r.revision_id DESC)
                  FROM (SELECT * FROM revision x WHERE x.state <> 'draft' ORDER BY x.revision_id DESC LIMIT 20) r),
    'targets', (SELECT json_agg(json_build_object('line', t.line, 'target', t.target_id, 'indicator', t.slug,
                         'name_vi', t.name_vi, 'name_en', t.name_en, 'direction', t.direction,
                         'sign', CASE t.direction WHEN '>=' THEN '≥' WHEN '<=' THEN '≤' ELSE t.direction END,
                         'value', CASE WHEN i.kind = 'survey' THEN t.numerator::text
                                       ELSE trim_scale(100 * t.numerator::numeric / t.denominator)::text || '%' END,
                         'deadline', t.deadline, 'from', CASE WHEN isfinite(t.valid_from) THEN t.valid_from END,
                         'set', t.set_name)
                         ORDER BY t.set_name, t.deadline, i.ordinal)
                  FROM target t JOIN indicator i USING (slug) WHERE t.valid_to IS NULL),
    'populations', (SELECT json_agg(json_build_object('indicator', coalesce(p.slug, '*'), 'name_vi', p.name_vi,
                             'name_en', p.name_en, 'of_vi', i.name_vi, 'of_en', i.name_en, 'members', nullif(cardinality(p.members), 0),
                             'kinds', (SELECT json_agg(json_build_object('kind', k) ORDER BY k) FROM unnest(p.kinds) k),
                             'from', CASE WHEN isfinite(p.valid_from) THEN p.valid_from END)
                             ORDER BY p.slug NULLS FIRST)
                      FROM population p LEFT JOIN indicator i USING (slug) WHERE p.valid_to IS NULL),
    'indicators', (SELECT json_agg(json_build_object('slug', i.slug, 'name_vi', i.name_vi, 'name_en', i.name_en)
                                   ORDER BY i.ordinal) FROM indicator i))
$$;

-- A share as a percentage; everything else as it is.
CREATE FUNCTION revision_printed(said text, form text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE form WHEN 'percent' THEN trim_scale(100 * said::numeric)::text ELSE said END
$$;

-- A draft, and which figures, verdicts and ranks of a period it would change.  The preview
-- puts the change in and takes it back, which needs the rights of the owner.
CREATE FUNCTION revision_page(id text, period text) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  r revision;
  span text := page_period(period);
  rows json;
  total bigint;
  stuck boolean := false;
BEGIN
  IF asking_role() NOT IN ('system', 'office', 'auditor', 'administrator') THEN
    PERFORM refuse_asker();
  END IF;
  SELECT v.* INTO r FROM revision v WHERE v.revision_id::text = id;
  IF r.revision_id IS NULL THEN
    RETURN NULL;
  END IF;
  IF r.state = 'draft' THEN
    BEGIN
      SELECT json_agg(json_build_object('agency', p.agency, 'indicator', p.indicator, 'part', p.part,
               'agency_name_vi', a.name_vi, 'agency_name_en', coalesce(a.name_en, a.name_vi),
               'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en, 'is', json_build_object(x.form, true),
               'before', revision_printed(p.before, x.form), 'after', revision_printed(p.after, x.form)) ORDER BY p.place) FILTER (WHERE p.place <= 500), count(*)
        INTO rows, total
        FROM (SELECT x.*, row_number() OVER () AS place
                FROM revision_preview(r.revision_id, r.kind, span) x) p
        LEFT JOIN agency a ON a.label = p.agency
        LEFT JOIN indicator i ON i.slug = p.indicator
        CROSS JOIN LATERAL (SELECT CASE WHEN p.part = 'status' THEN p.part
                                        WHEN p.part IN ('value', 'target') AND i.kind <> 'survey' THEN 'percent'
                                        ELSE 'number' END AS form) x;
    EXCEPTION WHEN invalid_parameter_value THEN
      stuck := true;                         -- as approving it would say
    END;
  END IF;
  RETURN json_build_object('period', span, 'frame', page_frame(span), 'revision', revision_object(r),
                           'rows', rows, 'total', total, 'is_more', total > 500, 'is_none', total = 0,
                           'is_stuck', stuck);
END $$;

CREATE FUNCTION office_draft(kind text, wanted jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
BEGIN
  IF NOT may_decide() THEN
    PERFORM refuse_asker();
  ELSIF nullif(wanted ->> 'from', '') IS NULL OR nullif(trim(wanted ->> 'reason'), '') IS NULL THEN
    RAISE EXCEPTION 'a draft needs the day from which it holds, and a reason' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN revision_draft(kind, jsonb_strip_nulls(wanted), asking_user());
END $$;

CREATE FUNCTION office_decide(id bigint, approved boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
BEGIN
  IF NOT may_decide() THEN
    PERFORM refuse_asker();
  END IF;
  PERFORM revision_decide(id, (SELECT r.kind FROM revision r WHERE r.revision_id = id), approved, asking_user());
END $$;
