-- page_preview.sql -- what will be published about an agency, what it says to that, and the
-- docket (functions/docket.sql).

-- The newest quarter of the decree whose window closed and that records reach, give or take
-- the days that they come late.
CREATE FUNCTION preview_default() RETURNS text
LANGUAGE sql STABLE AS $$
  WITH newest AS (
    SELECT coalesce(max(d.day), office_today()) AS day
      FROM agency a
     CROSS JOIN LATERAL (SELECT t.day FROM day_total t WHERE t.agency_id = a.agency_id
                          ORDER BY t.day DESC LIMIT 1) d
  )
  SELECT CASE WHEN period_closes(c.code) < least(office_today(), n.day + 20) THEN c.code
              ELSE period_shift(c.code, -1) END
    FROM newest n CROSS JOIN LATERAL (SELECT period_code(true, 'quarter', n.day) AS code) c
$$;

-- Whose preview: NAME, else the row of one's own agency that was in force in the period.
-- Null for those who see all and name none.
CREATE FUNCTION preview_agency(name text, code text) RETURNS int
LANGUAGE plpgsql STABLE AS $$
DECLARE
  id int := CASE WHEN name IS NOT NULL THEN page_agency_id(name, code) END;
BEGIN
  IF id IS NULL AND NOT may_see_all() THEN
    SELECT a.agency_id INTO id FROM agency a
     WHERE a.agency_id = ANY (agencies_seen())
     ORDER BY period_day(preview_agency.code) BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity') DESC,
              a.agency_id = asking_agency() DESC, a.agency_id LIMIT 1;
  END IF;
  IF id = 0 OR id IS NOT NULL AND NOT may_see(id) THEN
    PERFORM refuse_asker();
  END IF;
  RETURN id;
END $$;

-- Lines of the docket (dispute_list()), with what who asks may do about them.
CREATE FUNCTION dispute_lines(name text, code text, wanted text)
RETURNS TABLE (agency_id int, indicator text, is_open boolean, place bigint, body jsonb)
LANGUAGE sql STABLE AS $$
  SELECT d.agency_id, d.indicator, d.closed_at IS NULL, row_number() OVER (), to_jsonb(d) || jsonb_build_object(
    'is_open', d.closed_at IS NULL, 'is_overdue', d.state = 'overdue',
    'days_left', CASE WHEN d.days >= 0 THEN d.days END, 'days_over', CASE WHEN d.days < 0 THEN -d.days END,
    'agency_name_vi', a.name_vi, 'agency_name_en', coalesce(a.name_en, a.name_vi),
    'indicator_name_vi', i.name_vi, 'indicator_name_en', i.name_en,
    'period_name_vi', period_name(d.period, 'vi'), 'period_name_en', period_name(d.period, 'en'),
    'numerator', d.figure -> 'numerator', 'denominator', d.figure -> 'denominator',
    'answers', d.closed_at IS NULL AND asking_role() IN ('office', 'administrator')
               AND lower(d.opened_by) <> lower(asking_user()),
    'mends', d.state = 'accepted' AND d.batch IS NULL AND asking_role() IN ('office', 'administrator'),
    'takes_back', d.closed_at IS NULL AND may_act_for(d.agency_id, 'sender'))
    FROM dispute_list(name, code, wanted) d
    JOIN agency a USING (agency_id) JOIN indicator i ON i.slug = d.indicator
$$;

-- The figures of an agency as they would be published now.
CREATE FUNCTION preview_figures(span text, id int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH o AS MATERIALIZED (
    SELECT f.* FROM observations(span) f
     WHERE f.verified AND f.agency_id = id AND (f.denominator IS NOT NULL OR f.target_id IS NOT NULL)
  ), d AS MATERIALIZED (
    SELECT x.* FROM dispute_lines(NULL, span, NULL) x WHERE x.agency_id = id
  ), g AS MATERIALIZED (
    SELECT x.* FROM agreement_list((SELECT a.label FROM agency a WHERE a.agency_id = id), span) x WHERE x.agency_id = id
  )
  SELECT jsonb_agg(jsonb_build_object('figure', observation_object(row(o.*)::observation),
           'covered', o.coverage = '1.000000', 'says', o.denominator IS NOT NULL,
           'contested', (SELECT d.body FROM d WHERE d.indicator = o.indicator AND d.is_open),
           'settled', (SELECT jsonb_agg(d.body ORDER BY d.place) FROM d
                        WHERE d.indicator = o.indicator AND NOT d.is_open),
           'agreed', (SELECT jsonb_build_object('by', g.agreed_by, 'at', g.agreed_at, 'holds', g.holds) FROM g
                       WHERE g.indicator = o.indicator))
           ORDER BY o.target_id IS NULL, o.ordinal)
    FROM o
$$;

-- For those who see all: which agencies agreed, and which contest something.
CREATE FUNCTION preview_roll(span text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH g AS MATERIALIZED (SELECT * FROM agreement_list(NULL, span) WHERE indicator IS NULL),
       d AS MATERIALIZED (SELECT agency_id, count(*) FILTER (WHERE closed_at IS NULL) AS open, count(*) AS every
                            FROM dispute_list(NULL, span, NULL) GROUP BY agency_id)
  SELECT jsonb_agg(jsonb_build_object('agency', a.label, 'agency_name_vi', a.name_vi,
           'agency_name_en', coalesce(a.name_en, a.name_vi), 'holds', g.holds, 'is_changed', NOT g.holds,
           'agreed_by', g.agreed_by, 'agreed_at', g.agreed_at, 'open', nullif(d.open, 0), 'disputes', nullif(d.every, 0))
           ORDER BY r.ranked_group, name_to_sort(a.name_vi) COLLATE "vi-x-icu", a.label COLLATE "C")
    FROM roster(lower(period_range(span)), upper(period_range(span)), period_day(span)) r
    JOIN agency a USING (agency_id) LEFT JOIN g USING (agency_id) LEFT JOIN d USING (agency_id)
   WHERE r.in_force AND r.ranked_group IS NOT NULL
$$;

-- What a figure of PUBLISHED would say, and what it says now, in the words of the ledger.
CREATE FUNCTION preview_side(o observation, is_rank_moved boolean, is_status_moved boolean) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('numerator', o.numerator, 'denominator', o.denominator, 'percent', o.percent::text,
    'value', o.value::text, 'status', CASE WHEN is_status_moved THEN o.status END,
    'rank', CASE WHEN is_rank_moved THEN coalesce(o.rank::text, '–') END)
$$;

-- The newest vintage of a period, and which figures would be others if it were published again
-- now; null before it is published.  ID: those of an agency, each; null: of all, their number.
CREATE FUNCTION preview_published(span text, id int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH newest AS (
    SELECT v.vintage_id, v.published_at FROM vintage v WHERE v.vintage_id = vintage_at(span, 'infinity')
  ), changed AS MATERIALIZED (
    SELECT c.indicator, c.was, c.is_now, (c.was).rank IS DISTINCT FROM (c.is_now).rank AS rank_moved,
           (c.was).status IS DISTINCT FROM (c.is_now).status AS status_moved
      FROM newest n CROSS JOIN LATERAL changed_figures(n.vintage_id, NULL) c
     WHERE id IS NULL OR c.agency_id = id
  )
  SELECT jsonb_build_object('vintage', n.vintage_id, 'published_at', n.published_at,
    'is_reopened', EXISTS (SELECT FROM reopening r WHERE r.vintage_id = n.vintage_id),
    'changed', (SELECT nullif(count(*), 0) FROM changed),
    'is_listed', id IS NOT NULL AND EXISTS (SELECT FROM changed),
    'changes', CASE WHEN id IS NOT NULL THEN (
      SELECT jsonb_agg(jsonb_build_object('indicator', i.slug, 'indicator_name_vi', i.name_vi,
               'indicator_name_en', i.name_en, 'was', preview_side(c.was, c.rank_moved, c.status_moved),
               'is_now', preview_side(c.is_now, c.rank_moved, c.status_moved)) ORDER BY i.ordinal)
        FROM changed c JOIN indicator i ON i.slug = c.indicator) END)
    FROM newest n
$$;

CREATE FUNCTION preview_page(asked text, name text, note text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  span text := coalesce(asked, preview_default());
  year int := (SELECT p.year FROM period_parts(span) p);
  id int;
  speaks boolean;
BEGIN
  PERFORM page_period(span);
  id := preview_agency(name, span);
  speaks := id IS NOT NULL AND docket_acts_for(id) AND asking_role() IN ('sender', 'leader', 'office', 'administrator');
  RETURN data_frame() || jsonb_build_object('period', span, 'is_done', coalesce(note = 'done', false),
    'period_name', jsonb_build_object('vi', period_name(span, 'vi'), 'en', period_name(span, 'en')),
    'state', period_state(span, office_today()), 'closes', period_closes(span), 'due', period_due(span),
    'published', preview_published(span, id),
    'as_of', store_as_of(), 'is_roll', id IS NULL, 'roll', CASE WHEN id IS NULL THEN preview_roll(span) END,
    'agency', CASE WHEN id IS NOT NULL THEN agency_object(id) END,
    'speaks', speaks, 'agrees', speaks AND asking_role() IN ('leader', 'office', 'administrator'),
    'is_contested', EXISTS (SELECT FROM dispute d WHERE d.agency_id = id AND d.period = span AND d.closed_at IS NULL),
    'agreed', (SELECT jsonb_build_object('by', g.agreed_by, 'at', g.agreed_at, 'holds', g.holds, 'figures', g.figures)
                 FROM agreement_list((SELECT a.label FROM agency a WHERE a.agency_id = id), span) g
                WHERE id IS NOT NULL AND g.indicator IS NULL AND g.agency_id = id),
    'lines', CASE WHEN id IS NOT NULL THEN preview_figures(span, id) END,
    'year', year, 'year_before', period_shift(format('ND09-%s-Q4', year), -4),
    'year_after', period_shift(format('ND09-%s-Q1', year), 4),
    'sees_more', cardinality(agencies_seen()) > 1,
    'agencies', (SELECT jsonb_agg(agency_choice(a, id) ORDER BY a.kind, name_to_sort(a.name_vi) COLLATE "vi-x-icu", a.label COLLATE "C") FROM agency a
                  WHERE a.agency_id = ANY (agencies_seen()) AND cardinality(agencies_seen()) > 1),
    'calendar', (SELECT jsonb_agg(jsonb_build_object('code', c.period, 'name_vi', period_name(c.period, 'vi'),
                          'name_en', period_name(c.period, 'en'), 'closes', c.closes, 'due', c.due, 'state', c.state,
                          'published_at', c.published_at, 'is_this', c.period = span) ORDER BY c.closes, c.period)
                   FROM reporting_calendar(year) c));
END $$;

-- ---------------------------------------------------------------- the docket

CREATE FUNCTION disputes_page(wanted text, name text, note text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF wanted NOT IN ('open', 'overdue', 'accepted', 'rejected', 'withdrawn') THEN
    RAISE EXCEPTION 'no state "%"', wanted USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN data_frame() || jsonb_build_object('is_done', coalesce(note = 'done', false), 'state', wanted, 'agency', name,
    'days', (SELECT r.days FROM docket_rule r ORDER BY r.rule_id DESC LIMIT 1),
    'counts', (SELECT jsonb_build_object('open', count(*) FILTER (WHERE d.closed_at IS NULL),
                        'overdue', count(*) FILTER (WHERE d.state = 'overdue'))
                 FROM dispute_list(name, NULL, NULL) d),
    'states', (SELECT jsonb_agg(jsonb_build_object('state', s, 'selected', s = coalesce(wanted, '')) ORDER BY place)
                 FROM unnest('{open,overdue,accepted,rejected,withdrawn}'::text[]) WITH ORDINALITY x(s, place)),
    'agencies', (SELECT jsonb_agg(agency_choice(a, office_agency(name)) ORDER BY a.kind, name_to_sort(a.name_vi) COLLATE "vi-x-icu", a.label COLLATE "C") FROM agency a
                  WHERE may_see_all() AND EXISTS (SELECT FROM dispute d WHERE d.agency_id = a.agency_id)),
    'disputes', (SELECT jsonb_agg(d.body ORDER BY d.place) FROM dispute_lines(name, NULL, wanted) d WHERE d.place <= 500));
END $$;

-- ---------------------------------------------------------------- what is done there

-- The agency called NAME in a period, if who asks speaks for it.
CREATE FUNCTION docket_speaker(name text, code text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  id int := page_agency_id(name, code);
BEGIN
  IF asking_role() NOT IN ('sender', 'leader', 'office', 'administrator') OR NOT docket_acts_for(id) THEN
    PERFORM refuse_asker();
  END IF;
END $$;

-- ACTION of an agency about a figure of a period, or (agree) about all of them.
CREATE FUNCTION preview_act(action text, name text, slug text, code text, said text, evidence text, number text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM docket_speaker(name, code);
  CASE action
    WHEN 'agree' THEN
      IF asking_role() = 'sender' THEN
        PERFORM refuse_asker();
      END IF;
      PERFORM agreement_give(name, slug, code, asking_user());
    WHEN 'contest' THEN PERFORM dispute_open(name, slug, code, said, evidence, asking_user());
    WHEN 'note' THEN PERFORM note_add(name, slug, code, said, asking_user());
    WHEN 'remove_note' THEN PERFORM note_remove(page_number(number), asking_user());
    WHEN 'withdraw' THEN PERFORM dispute_withdraw(page_number(number), said, asking_user());
    ELSE RAISE EXCEPTION 'no such action' USING ERRCODE = 'invalid_parameter_value';
  END CASE;
END $$;

CREATE FUNCTION docket_act(action text, number text, said text, batch text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  id bigint := (SELECT d.dispute_id FROM dispute d WHERE d.dispute_id = page_number(number));
BEGIN
  IF id IS NULL THEN
    RAISE EXCEPTION 'there is no dispute %', number USING ERRCODE = 'no_data_found';
  ELSIF action = 'withdraw' AND asking_role() IN ('sender', 'leader') THEN
    PERFORM dispute_withdraw(id, said, asking_user());
  ELSIF action IN ('accept', 'reject') AND asking_role() IN ('office', 'administrator') THEN
    IF batch <> '' AND page_number(batch) IS NULL THEN
      RAISE EXCEPTION 'a batch has a number' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM dispute_answer(id, action = 'accept', said, page_number(batch), asking_user());
  ELSE
    PERFORM refuse_asker();
  END IF;
END $$;
