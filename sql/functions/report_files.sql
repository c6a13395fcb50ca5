-- report_files.sql -- which files are reports of ours, and whether their figures still hold.

CREATE FUNCTION report_file_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a report that was made stays in the register'
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER report_file_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON report_file
  FOR EACH STATEMENT EXECUTE FUNCTION report_file_stays();

-- The figures of PERIOD that the model of a report holds, wherever they stand in it: each is
-- an object of observation_object().
CREATE FUNCTION report_figures(model jsonb, code text)
RETURNS TABLE (agency text, indicator text, numerator bigint, denominator bigint, value text,
               percent text, status text, rank bigint)
LANGUAGE sql IMMUTABLE AS $$
  SELECT DISTINCT f ->> 'agency', f ->> 'indicator', (f ->> 'numerator')::bigint,
         (f ->> 'denominator')::bigint, f ->> 'value', f ->> 'percent', f ->> 'status', (f ->> 'rank')::bigint
    FROM jsonb_path_query(model, 'strict $.** ? (exists(@.indicator) && exists(@.status) && exists(@.numerator))') f
   WHERE f ->> 'period' = code
$$;

-- How many files of figures that were not published WHO may have made in a day: of periods,
-- days and moments there is no end, and every one would stay in the register for good.  The
-- public has one ceiling together, each account one of its own.  Files of a vintage need
-- none: their number is finite, as the same vintage makes the same bytes.
CREATE FUNCTION report_files_a_day(who text) RETURNS int
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN who = '' THEN 1000 ELSE 300 END $$;

-- Notes that the file with this hash was made of MODEL.  The same file again is no news.  It
-- acts with the rights of its owner, so that no other way leads the web into the register.
CREATE FUNCTION report_file_note(model jsonb, form text, sha256 text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
#variable_conflict use_column
DECLARE
  m jsonb := report_file_note.model;
  who text := CASE WHEN asking_role() <> 'system' THEN coalesce(asking_user(), '') END;
BEGIN
  IF EXISTS (SELECT FROM report_file e WHERE e.sha256 = report_file_note.sha256) THEN
    RETURN;
  ELSIF m ->> 'vintage' IS NULL
        AND (SELECT count(*) FROM report_file e
              WHERE e.made_by = who AND e.vintage_id IS NULL
                AND e.made_at > clock_timestamp() - interval '1 day') >= report_files_a_day(who) THEN
    RAISE EXCEPTION 'too many new reports of figures that were not published' USING ERRCODE = 'NQ429';
  END IF;
  INSERT INTO report_file (sha256, code, report, form, lang, period, agency_id, vintage_id, as_of,
                       sample, figures, made_by, recast)
  SELECT report_file_note.sha256, m ->> 'verification', m ->> 'report', report_file_note.form, m ->> 'lang',
         m ->> 'period', agency_asked(coalesce(m -> 'agency' ->> 'code', 'VN'), m ->> 'period',
                                      m -> 'recast' ->> 'method' IS NOT NULL),
         (m ->> 'vintage')::bigint, (m ->> 'as_of')::timestamptz, (m ->> 'sample')::boolean,
         (SELECT coalesce(jsonb_agg(f ORDER BY f.agency COLLATE "C", f.indicator COLLATE "C"), '[]')
            FROM report_figures(m, m ->> 'period') f), who, m -> 'recast' ->> 'method' IS NOT NULL
  ON CONFLICT ON CONSTRAINT report_file_sha256_key DO NOTHING;
END $$;

-- What has become of the figures of a report: the newest vintage of its period answers for
-- one that was published, the store as it is now for one that was not.
CREATE FUNCTION report_file_changes(asked bigint)
RETURNS TABLE (agency text, indicator text, indicator_name_vi text, indicator_name_en text,
               old_numerator bigint, old_denominator bigint, old_value text, old_percent text,
               old_status text, old_rank bigint, new_numerator bigint, new_denominator bigint,
               new_value text, new_percent text, new_status text, new_rank bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  e report_file;
  newest bigint;
BEGIN
  SELECT * INTO e FROM report_file WHERE file_id = asked;
  newest := CASE WHEN e.vintage_id IS NOT NULL THEN vintage_at(e.period, 'infinity') END;
  IF newest = e.vintage_id THEN
    RETURN;
  END IF;
  RETURN QUERY
  WITH now AS MATERIALIZED (
    SELECT o.* FROM frozen_observations(newest, NULL) o WHERE newest IS NOT NULL
    UNION ALL
    SELECT o.* FROM observations_asked(e.period, NULL, NULL, e.recast) o WHERE newest IS NULL)
  SELECT f.agency, f.indicator, i.name_vi, i.name_en, f.numerator, f.denominator, f.value,
         f.percent, f.status, f.rank, n.numerator, n.denominator, n.value::text, n.percent::text,
         n.status, n.rank::bigint
    FROM jsonb_to_recordset(e.figures) AS f (agency text, indicator text, numerator bigint,
           denominator bigint, value text, percent text, status text, rank bigint)
    LEFT JOIN indicator i ON i.slug = f.indicator
    LEFT JOIN now n ON n.agency = f.agency AND n.indicator = f.indicator
   WHERE (f.numerator, f.denominator, f.value, f.status, f.rank)
         IS DISTINCT FROM (n.numerator, n.denominator, n.value::text, n.status, n.rank::bigint)
   ORDER BY f.indicator COLLATE "C", f.agency COLLATE "C";
END $$;

-- The newest file with this hash, or else with this code; null: neither is known.
CREATE FUNCTION report_file_find(hash text, code text) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT file_id FROM report_file e
   WHERE e.sha256 = hash OR e.code = report_file_find.code
   ORDER BY (e.sha256 = hash) IS TRUE DESC, file_id DESC LIMIT 1
$$;

-- One file and what holds of it:
--   state  current     its figures are those that are given now
--          superseded  they are not: the period was published anew with others, or what was
--                      not published has changed
CREATE FUNCTION report_file_state(asked bigint) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'file', e.file_id, 'sha256', e.sha256, 'code', e.code, 'report', e.report,
    'form', e.form, 'lang', e.lang, 'period', e.period,
    'period_name', json_build_object('vi', period_name(e.period, 'vi'), 'en', period_name(e.period, 'en')),
    'agency', coalesce(a.label, 'VN'), 'agency_name_vi', coalesce(a.name_vi, 'Cả nước'),
    'agency_name_en', coalesce(a.name_en, a.name_vi, 'Viet Nam'), 'is_nation', a IS NULL,
    'as_of', e.as_of, 'made_at', e.made_at, 'sample', e.sample, 'vintage', e.vintage_id,
    'newest', w.newest, 'newest_published_at', v.published_at,
    'state', CASE WHEN c.changes IS NULL THEN 'current' ELSE 'superseded' END,
    'figures', jsonb_array_length(e.figures), 'has_changes', c.changes IS NOT NULL, 'changes', coalesce(c.changes, '[]'))
    FROM report_file e
    LEFT JOIN agency a ON a.agency_id = e.agency_id AND a.agency_id <> 0
   CROSS JOIN LATERAL (SELECT vintage_at(e.period, 'infinity') AS newest) w
    LEFT JOIN vintage v ON v.vintage_id = w.newest
   CROSS JOIN LATERAL (SELECT json_agg(x) AS changes FROM report_file_changes(e.file_id) x) c
   WHERE e.file_id = asked
$$;

-- The page of verification: what stands behind a code, which people copy with spaces, in small
-- letters and without hyphens.  Files of one code differ in language and form.
CREATE FUNCTION page_verify(asked text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  digits text := regexp_replace(upper(coalesce(asked, '')), '[^0-9A-F]', '', 'g');
  digits_code text := CASE WHEN length(digits) = 12 THEN
                 substr(digits, 1, 4) || '-' || substr(digits, 5, 4) || '-' || substr(digits, 9, 4) END;
BEGIN
  RETURN json_build_object(
    'asked', nullif(asked, ''), 'code', digits_code, 'has_no_period', true,
    'frame', json_build_object('sample', store_is_sample()),
    'found', report_file_state(report_file_find(NULL, digits_code)),
    'files', (SELECT coalesce(json_agg(json_build_object('sha256', e.sha256, 'form', e.form,
                       'lang', e.lang, 'made_at', e.made_at) ORDER BY e.file_id), '[]')
                FROM report_file e WHERE e.code = digits_code));
END $$;
