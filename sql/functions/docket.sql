-- docket.sql -- an agency contests a figure, agrees with it, or says something beside it;
-- the office answers.

-- ---------------------------------------------------------------- who may

-- Of which role a visitor must be; commands may do all.
CREATE FUNCTION docket_allows(roles text[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF asking_role() <> ALL (roles || '{system}'::text[]) THEN
    RAISE EXCEPTION 'this is not for the role %', asking_role() USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- Whose rows: the office's people those of all, an agency's those of their own, and of a
-- dispute they can but withdraw it.  That a note is there is for everybody to see.
CREATE FUNCTION docket_acts_for(agency int) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT asking_role() IN ('office', 'administrator') OR may_act_for(agency, 'sender')
$$;

DO $$
DECLARE
  one text;
BEGIN
  PERFORM guard('{agreement}', '(SELECT may_see_all()) OR agency_id = ANY ((SELECT agencies_seen())::int[])'),
          guard('{figure_note}', 'true');
  FOREACH one IN ARRAY '{dispute,agreement,figure_note}'::text[] LOOP
    EXECUTE format('CREATE POLICY adds ON %I FOR INSERT TO nq17_web WITH CHECK (docket_acts_for(agency_id))', one);
  END LOOP;
END $$;
CREATE POLICY answers ON dispute FOR UPDATE TO nq17_web USING (docket_acts_for(agency_id))
  WITH CHECK (outcome = 'withdrawn' OR asking_role() IN ('office', 'administrator'));
CREATE POLICY removes ON figure_note FOR UPDATE TO nq17_web USING (docket_acts_for(agency_id));

-- Pages that are kept are made anew once something of the docket changed; whoever changed
-- it need not be able to write that down.
CREATE FUNCTION docket_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO docket (docket_at) VALUES (clock_timestamp())
  ON CONFLICT (one) DO UPDATE SET docket_at = excluded.docket_at;
  RETURN NULL;
END $$;

CREATE TRIGGER docket_moved AFTER INSERT OR UPDATE OR DELETE ON dispute
  FOR EACH STATEMENT EXECUTE FUNCTION docket_moved();
CREATE TRIGGER docket_moved AFTER INSERT OR UPDATE OR DELETE ON agreement
  FOR EACH STATEMENT EXECUTE FUNCTION docket_moved();
CREATE TRIGGER docket_moved AFTER INSERT OR UPDATE OR DELETE ON figure_note
  FOR EACH STATEMENT EXECUTE FUNCTION docket_moved();

-- ---------------------------------------------------------------- what is spoken of

-- The figure that NAME, SLUG and CODE mean, as it is said now.
CREATE FUNCTION docket_figure(name text, slug text, code text) RETURNS observation
LANGUAGE plpgsql STABLE AS $$
DECLARE
  id int := agency_in(name, code);
  found observation;
BEGIN
  IF coalesce(id, 0) = 0 THEN
    RAISE EXCEPTION 'there is no agency "%" in the period %', name, code USING ERRCODE = 'no_data_found';
  END IF;
  SELECT o.* INTO found FROM observations(code, wanted => slug) o
   WHERE o.agency_id = id AND o.indicator = slug;
  IF found.agency_id IS NULL THEN
    RAISE EXCEPTION 'there is no figure "%" of % in the period %', slug, name, code
      USING ERRCODE = 'no_data_found';
  END IF;
  RETURN found;
END $$;

CREATE FUNCTION docket_text(written text, what text, most int) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  -- Forms end lines with two letters, and send what was pasted from sheets.
  clean text := normalize(trim(E' \n' FROM translate(replace(written, E'\r\n', E'\n'), E'\r\t', E'\n ')));
BEGIN
  IF coalesce(clean, '') = '' THEN
    RAISE EXCEPTION '% is missing', what USING ERRCODE = 'P0001';
  ELSIF length(clean) > most THEN
    RAISE EXCEPTION '% is longer than % characters', what, most USING ERRCODE = 'P0001';
  END IF;
  PERFORM refuse_letters(clean, what);
  RETURN clean;
END $$;

-- ---------------------------------------------------------------- disputes

-- Contests a figure, before or after it was published; the number of the dispute.
CREATE FUNCTION dispute_open(name text, slug text, code text, reason text, evidence text,
                             by_whom text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  contested observation := docket_figure(name, slug, code);
  made bigint;
BEGIN
  PERFORM docket_allows('{sender,leader,office,administrator}');
  IF evidence !~* '^https?://[^\s"<>]+$' OR length(evidence) > 1000 THEN
    RAISE EXCEPTION 'the evidence is no address: "%"', evidence USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO dispute (agency_id, period, indicator, statement, evidence_url, opened_by, vintage_id,
                       figure, due_on)
  SELECT contested.agency_id, code, slug, docket_text(reason, 'the reason', 4000), evidence,
         docket_text(by_whom, 'who', 200), vintage_at(code, 'infinity'),
         jsonb_build_object('numerator', contested.numerator, 'denominator', contested.denominator,
                            'value', contested.value, 'status', contested.status,
                            'rank', contested.rank, 'maturity', contested.maturity),
         working_day_after(office_today(), (SELECT r.days FROM docket_rule r ORDER BY rule_id DESC LIMIT 1))
  RETURNING dispute_id INTO made;
  RETURN made;
EXCEPTION WHEN unique_violation THEN
  RAISE EXCEPTION 'this figure is contested already' USING ERRCODE = 'P0001';
END $$;

-- The row of a dispute that is to be changed.
CREATE FUNCTION dispute_taken(id bigint) RETURNS dispute
LANGUAGE plpgsql AS $$
DECLARE
  taken dispute;
BEGIN
  SELECT d.* INTO taken FROM dispute d WHERE d.dispute_id = id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no dispute %', id USING ERRCODE = 'no_data_found';
  END IF;
  RETURN taken;
END $$;

-- The office's answer.  ACCEPTED: what mends the figure is the correction BATCH, which may
-- be named later: then the same answer is given once more with it.
CREATE FUNCTION dispute_answer(id bigint, accepted boolean, reason text, batch bigint,
                               by_whom text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  taken dispute;
  who text := docket_text(by_whom, 'who', 200);
BEGIN
  PERFORM docket_allows('{office,administrator}');
  taken := dispute_taken(id);
  IF one_person(who, taken.opened_by) THEN
    RAISE EXCEPTION 'nobody answers their own dispute: somebody else than % must', who
      USING ERRCODE = 'P0001';
  ELSIF batch IS NOT NULL AND NOT accepted THEN
    RAISE EXCEPTION 'what is rejected is mended by no batch' USING ERRCODE = 'P0001';
  ELSIF batch IS NOT NULL AND NOT EXISTS (
    SELECT FROM batch_agency b
      JOIN agency a ON a.agency_id = b.agency_id
      JOIN agency o ON o.agency_id = taken.agency_id AND o.lineage_id = a.lineage_id
     WHERE b.batch_id = batch) THEN
    RAISE EXCEPTION 'batch % brought nothing of this agency', batch USING ERRCODE = 'no_data_found';
  ELSIF taken.closed_at IS NULL THEN
    UPDATE dispute SET closed_at = clock_timestamp(), closed_by = who, batch_id = batch,
           outcome = CASE WHEN accepted THEN 'accepted' ELSE 'rejected' END,
           answer = docket_text(reason, 'the answer', 4000)
     WHERE dispute_id = id;
  ELSIF taken.outcome = 'accepted' AND accepted AND taken.batch_id IS NULL AND batch IS NOT NULL THEN
    UPDATE dispute SET batch_id = batch WHERE dispute_id = id;
  ELSE
    RAISE EXCEPTION 'dispute % is closed: it was %', id, taken.outcome USING ERRCODE = 'P0001';
  END IF;
END $$;

-- The agency takes it back.
CREATE FUNCTION dispute_withdraw(id bigint, reason text, by_whom text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  taken dispute;
BEGIN
  PERFORM docket_allows('{sender,leader,office,administrator}');
  taken := dispute_taken(id);
  IF taken.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'dispute % is closed: it was %', id, taken.outcome USING ERRCODE = 'P0001';
  END IF;
  UPDATE dispute SET closed_at = clock_timestamp(), closed_by = docket_text(by_whom, 'who', 200),
         outcome = 'withdrawn', answer = nullif(trim(reason), '')
   WHERE dispute_id = id;
END $$;

-- The docket: what is open first, and of that what is due first.  DAYS: working days that
-- are left until the answer is due, or (negative) since it was.
CREATE FUNCTION dispute_list(name text, code text, wanted text, day date DEFAULT NULL)
RETURNS TABLE (dispute bigint, agency_id int, agency text, period text, indicator text, state text,
               due_on date, days int, opened_at timestamptz, opened_by text, reason text,
               evidence_url text, vintage bigint, figure jsonb, closed_at timestamptz,
               closed_by text, answer text, batch bigint)
LANGUAGE sql STABLE AS $$
  SELECT d.dispute_id, d.agency_id, a.label, d.period, d.indicator, s.state, d.due_on,
         CASE WHEN d.closed_at IS NULL THEN
           working_days(t.day, d.due_on) - working_days(d.due_on, t.day) END,
         d.opened_at, d.opened_by, d.statement, d.evidence_url, d.vintage_id, d.figure,
         d.closed_at, d.closed_by, d.answer, d.batch_id
    FROM dispute d JOIN agency a USING (agency_id)
   CROSS JOIN (SELECT coalesce(dispute_list.day, office_today()) AS day) t
   CROSS JOIN LATERAL (SELECT CASE WHEN d.closed_at IS NOT NULL THEN d.outcome
                                   WHEN d.due_on < t.day THEN 'overdue' ELSE 'open' END AS state) s
   WHERE (name IS NULL OR d.agency_id = office_agency(name))
     AND (dispute_list.code IS NULL OR d.period = dispute_list.code)
     AND (wanted IS NULL OR s.state = wanted OR wanted = 'open' AND s.state = 'overdue')
   ORDER BY d.closed_at IS NOT NULL, CASE WHEN d.closed_at IS NULL THEN d.due_on END,
            d.dispute_id DESC
$$;

-- In how many working days the office answers what is contested from now on.
CREATE FUNCTION docket_clock_set(days int, reason text, by_whom text) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO docket_rule (days, reason_vi, reason_en, set_by) VALUES (days, reason, reason, by_whom)
$$;

-- ---------------------------------------------------------------- agreement

-- What is said of each agency in a period, or by one indicator of it: how many figures
-- something was received for, and the hash of their canonical form (vintages.sql).
CREATE FUNCTION agreement_content(code text, slug text)
RETURNS TABLE (agency_id int, figures int, sha256 text)
LANGUAGE sql STABLE AS $$
  SELECT o.agency_id, count(*)::int, hash_of(canonical_form(array_agg(
           jsonb_build_object('indicator', o.indicator, 'agency', o.agency,
             'numerator', o.numerator, 'denominator', o.denominator, 'value', o.value,
             'target', o.target, 'status', o.status, 'rank', o.rank))))
    FROM observations(code, wanted => slug) o
   WHERE o.denominator IS NOT NULL
   GROUP BY o.agency_id
$$;

-- An agency's leader agrees with what is said of it.
CREATE FUNCTION agreement_give(name text, slug text, code text, by_whom text) RETURNS agreement
LANGUAGE plpgsql AS $$
DECLARE
  id int := agency_in(name, code);
  given agreement;
BEGIN
  PERFORM docket_allows('{leader,office,administrator}');
  IF coalesce(id, 0) = 0 THEN
    RAISE EXCEPTION 'there is no agency "%" in the period %', name, code USING ERRCODE = 'no_data_found';
  ELSIF EXISTS (SELECT FROM dispute d WHERE d.agency_id = id AND d.period = code
                   AND d.indicator = coalesce(slug, d.indicator) AND d.closed_at IS NULL) THEN
    RAISE EXCEPTION 'a dispute is open: it is withdrawn or answered before one agrees'
      USING ERRCODE = 'P0001';
  END IF;
  INSERT INTO agreement (agency_id, period, indicator, figures, sha256, agreed_by)
  SELECT id, code, slug, c.figures, c.sha256, docket_text(by_whom, 'who', 200)
    FROM agreement_content(code, slug) c WHERE c.agency_id = id
  RETURNING * INTO given;
  IF given.agency_id IS NULL THEN
    RAISE EXCEPTION 'nothing is said of % in the period %', name, code USING ERRCODE = 'no_data_found';
  END IF;
  RETURN given;
END $$;

-- The newest agreement of each agency, period and indicator.  HOLDS: with the figures as
-- they are; else they have changed since.
CREATE FUNCTION agreement_list(name text, code text)
RETURNS TABLE (agency_id int, agency text, period text, indicator text, figures int, holds boolean,
               agreed_by text, agreed_at timestamptz)
LANGUAGE sql STABLE AS $$
  WITH newest AS MATERIALIZED (
    SELECT DISTINCT ON (g.agency_id, g.period, g.indicator) g.*
      FROM agreement g
     WHERE (name IS NULL OR g.agency_id = office_agency(name)) AND (agreement_list.code IS NULL OR g.period = agreement_list.code)
     ORDER BY g.agency_id, g.period, g.indicator, g.agreed_at DESC
  )
  SELECT g.agency_id, a.label, g.period, g.indicator, g.figures,
         coalesce(g.sha256 = c.sha256, false), g.agreed_by, g.agreed_at
    FROM (SELECT DISTINCT period, indicator FROM newest) s
   CROSS JOIN LATERAL agreement_content(s.period, s.indicator) c
   RIGHT JOIN newest g ON g.agency_id = c.agency_id AND g.period = s.period
                      AND g.indicator IS NOT DISTINCT FROM s.indicator
    JOIN agency a ON a.agency_id = g.agency_id
   ORDER BY a.label COLLATE "C", g.period, g.indicator
$$;

-- ---------------------------------------------------------------- notes

-- The same words once more are the form sent twice: the note that is there.
CREATE FUNCTION note_add(name text, slug text, code text, said text, by_whom text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  beside observation := docket_figure(name, slug, code);
  words text := docket_text(said, 'the note', 1000);
  made bigint;
BEGIN
  PERFORM docket_allows('{sender,leader,office,administrator}');
  PERFORM pg_advisory_xact_lock('figure_note'::regclass::oid::int, beside.agency_id);
  SELECT n.note_id INTO made FROM figure_note n
   WHERE n.agency_id = beside.agency_id AND n.period = code AND n.indicator = slug
     AND n.note = words AND n.removed_at IS NULL;
  IF made IS NULL THEN
    INSERT INTO figure_note (agency_id, period, indicator, note, written_by)
    VALUES (beside.agency_id, code, slug, words, docket_text(by_whom, 'who', 200))
    RETURNING note_id INTO made;
  END IF;
  RETURN made;
END $$;

CREATE FUNCTION note_remove(id bigint, by_whom text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM docket_allows('{sender,leader,office,administrator}');
  UPDATE figure_note SET removed_at = clock_timestamp(), removed_by = docket_text(by_whom, 'who', 200)
   WHERE note_id = id AND removed_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no note %', id USING ERRCODE = 'no_data_found';
  END IF;
END $$;

CREATE FUNCTION note_list(name text, code text, slug text)
RETURNS TABLE (note bigint, agency_id int, agency text, period text, indicator text, text text,
               written_at timestamptz, written_by text, removed_at timestamptz, removed_by text)
LANGUAGE sql STABLE AS $$
  SELECT n.note_id, n.agency_id, a.label, n.period, n.indicator, n.note, n.written_at, n.written_by,
         n.removed_at, n.removed_by
    FROM figure_note n JOIN agency a USING (agency_id)
   WHERE (name IS NULL OR n.agency_id = office_agency(name)) AND (note_list.code IS NULL OR n.period = note_list.code)
     AND (slug IS NULL OR n.indicator = slug)
   ORDER BY n.written_at DESC, n.note_id DESC
$$;

-- ---------------------------------------------------------------- the mark

-- What stands beside a figure at a moment: that it is contested (of the nation's: by how
-- many), which everybody may know, while the docket itself is the agency's and the office's;
-- and its notes.
CREATE FUNCTION figure_marks(agency int, code text, slug text, moment timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = nq17, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT json_build_object(
    'dispute', (SELECT CASE WHEN count(*) > 0 THEN json_build_object(
                         'open', count(*), 'since', min(d.opened_at), 'due_on', min(d.due_on)) END
                  FROM dispute d
                 WHERE d.period = code AND d.indicator = slug AND agency IN (0, d.agency_id)
                   AND d.opened_at <= moment AND coalesce(d.closed_at, 'infinity') > moment),
    'notes', (SELECT coalesce(json_agg(json_build_object(
                       'note', n.note_id, 'on', (n.written_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
                       'text', n.note) ORDER BY n.note_id), '[]')
                FROM figure_note n
               WHERE n.agency_id = agency AND n.period = code AND n.indicator = slug
                 AND n.written_at <= moment AND coalesce(n.removed_at, 'infinity') > moment)));
END $$;

-- Which figures of a period are contested, as it is answered: of the moment that is pinned.
CREATE FUNCTION period_disputes(code text) RETURNS TABLE (agency_id int, indicator text, dispute json)
LANGUAGE sql STABLE ROWS 10 AS $$
  SELECT m.agency_id, m.indicator, ('{' || m.members || '}')::json -> 'dispute'
    FROM period_marks(code, coalesce(pinned(), now())) m
$$;

-- The members of such an object, without its braces.
CREATE FUNCTION marks_members(marks json) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT substr(left(marks::text, -1), 2) $$;

CREATE FUNCTION no_marks() RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT '"dispute": null, "notes": []' $$;

-- The same of a figure as it is answered: as of the moment that is pinned.
CREATE FUNCTION marks_object(o observation) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE WHEN EXISTS (SELECT FROM docket)
    THEN figure_marks(o.agency_id, o.period, o.indicator, coalesce(pinned(), now()))
    ELSE ('{' || no_marks() || '}')::json END;
END $$;

-- The marks of all figures of a period that may have one, as members.
CREATE FUNCTION period_marks(code text, moment timestamptz)
RETURNS TABLE (agency_id int, indicator text, members text)
LANGUAGE sql STABLE ROWS 10 SECURITY DEFINER SET search_path = nq17, pg_catalog, pg_temp AS $$
  SELECT m.agency_id, m.indicator, marks_members(figure_marks(m.agency_id, code, m.indicator, moment))
    FROM (SELECT d.agency_id, d.indicator FROM dispute d WHERE d.period = code
          UNION SELECT 0, d.indicator FROM dispute d WHERE d.period = code   -- the nation's counts them
          UNION SELECT n.agency_id, n.indicator FROM figure_note n WHERE n.period = code) m
$$;
