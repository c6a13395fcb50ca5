-- report_form06a.sql -- form II.06a/VPCP/KSTT of one agency (Circular 01/2020/TT-VPCP): what it
-- received, settled and has under way, by sector.
--
-- An agency measured on its records is counted dossier by dossier, those it took over with
-- them, so that (3) = (4) + (5) + (6) = (7) + (11).  Withdrawn and refused dossiers are settled
-- on time, those that wait for a supplement under way in time, as the form says.  Where a
-- dossier has no due date nobody can tell (8) to (10), or (12) and (13): null.  Of an agency
-- that only sent totals the form is what the totals say, and null.

CREATE FUNCTION form06a_dossiers(holders int[], first date, stop date)
RETURNS TABLE (sector text, c3 bigint, c4 bigint, c5 bigint, c6 bigint, c7 bigint, c8 bigint, c9 bigint, c10 bigint,
               c11 bigint, c12 bigint, c13 bigint, no_due bigint, is_total boolean)
LANGUAGE sql STABLE AS $$
  WITH own AS (
    SELECT coalesce(d.sector, '') AS sector, d.channel = 'online' AS online, d.received_day, d.due_at,
           d.resolved_at, d.status,
           (d.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS due_day,
           CASE WHEN d.status = 'resolved' THEN d.resolved_day
                WHEN d.status IN ('withdrawn', 'refused') THEN ended_day(d.resolved_day, d.updated_at) END AS ended
      FROM dossier d
     WHERE d.agency_id = ANY (holders) AND d.status <> 'void' AND d.received_day < stop
  ), flows AS (
    SELECT o.*, o.received_day >= first AS is_new, o.ended < stop AS is_settled,
           CASE WHEN o.ended < stop THEN o.status = 'resolved' AND o.due_at IS NULL
                ELSE o.status <> 'supplement' AND o.due_at IS NULL END AS no_due
      FROM own o
     WHERE o.ended IS NULL OR o.ended >= first
  ), counted AS (
    SELECT f.sector, grouping(f.sector) = 1 AS is_total, count(*) AS c3,
           count(*) FILTER (WHERE f.is_new AND f.online) AS c4,
           count(*) FILTER (WHERE f.is_new AND NOT f.online) AS c5,
           count(*) FILTER (WHERE NOT f.is_new) AS c6,
           count(*) FILTER (WHERE f.is_settled) AS c7,
           count(*) FILTER (WHERE f.is_settled AND f.status = 'resolved' AND f.ended < f.due_day) AS c8,
           count(*) FILTER (WHERE f.is_settled AND (f.status <> 'resolved'
                                    OR f.resolved_at <= f.due_at AND f.ended >= f.due_day)) AS c9,
           count(*) FILTER (WHERE f.is_settled AND f.status = 'resolved' AND f.resolved_at > f.due_at) AS c10,
           count(*) FILTER (WHERE f.is_settled IS NOT TRUE) AS c11,
           count(*) FILTER (WHERE f.is_settled IS NOT TRUE AND (f.status = 'supplement' OR f.due_day >= stop)) AS c12,
           count(*) FILTER (WHERE f.is_settled IS NOT TRUE AND f.status <> 'supplement' AND f.due_day < stop) AS c13,
           count(*) FILTER (WHERE f.is_settled AND f.no_due) AS settled_no_due,
           count(*) FILTER (WHERE f.is_settled IS NOT TRUE AND f.no_due) AS open_no_due
      FROM flows f GROUP BY GROUPING SETS ((f.sector), ())
  )
  SELECT c.sector, c.c3, c.c4, c.c5, c.c6, c.c7,
         CASE WHEN c.settled_no_due = 0 THEN c.c8 END, CASE WHEN c.settled_no_due = 0 THEN c.c9 END,
         CASE WHEN c.settled_no_due = 0 THEN c.c10 END, c.c11,
         CASE WHEN c.open_no_due = 0 THEN c.c12 END, CASE WHEN c.open_no_due = 0 THEN c.c13 END,
         c.settled_no_due + c.open_no_due, c.is_total
    FROM counted c
$$;

-- What the totals of the period say: one row.  Early and on time are one measure there.
CREATE FUNCTION form06a_totals(holders int[], first date, stop date)
RETURNS TABLE (c4 bigint, c5 bigint, c7 bigint, c10 bigint, found boolean)
LANGUAGE sql STABLE AS $$
  WITH told AS (
    SELECT f.measure, sum(f.value)::bigint AS value
      FROM flow_counts(first, stop, false, '{dossiers_received,dossiers_received_online,dossiers_resolved,dossiers_resolved_on_time}') f
     WHERE f.agency_id = ANY (holders) AND f.breakdown = ''
     GROUP BY f.measure
  ), wide AS (
    SELECT max(value) FILTER (WHERE measure = 'dossiers_received') AS received,
           max(value) FILTER (WHERE measure = 'dossiers_received_online') AS online,
           max(value) FILTER (WHERE measure = 'dossiers_resolved') AS resolved,
           max(value) FILTER (WHERE measure = 'dossiers_resolved_on_time') AS on_time
      FROM told
  )
  SELECT online, received - online, resolved, resolved - on_time, coalesce(received, online, resolved, on_time) IS NOT NULL
    FROM wide
$$;

CREATE FUNCTION form06a_rows(holders int[], first date, stop date, from_records boolean) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN from_records THEN
    (SELECT coalesce(json_agg(row_to_json(f) ORDER BY f.is_total, f.sector = '', f.sector COLLATE "vi-VN-x-icu"), '[]')
       FROM form06a_dossiers(holders, first, stop) f)
  ELSE
    (SELECT coalesce(json_agg(json_build_object('sector', NULL, 'c4', t.c4, 'c5', t.c5, 'c7', t.c7, 'c10', t.c10,
                                                'is_total', true)) FILTER (WHERE t.found), '[]')
       FROM form06a_totals(holders, first, stop) t) END
$$;

-- From dossiers, which are not everybody's to count, and as they are now.
CREATE FUNCTION form06a_report(code text, name text, lang text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  id int := agency_in(name, code);
  first date := lower(period_range(code));
  stop date := upper(period_range(code));
  holders int[] := ARRAY(SELECT h.agency_id FROM agency_heir h
                          WHERE h.heir_id = id AND stop - 1 BETWEEN h.first_day AND h.last_day);
  start date := (SELECT min(r.day) FROM records_start r WHERE r.agency_id = ANY (holders));
BEGIN
  IF coalesce(id, 0) = 0 THEN
    RAISE EXCEPTION 'form II.06a is of one agency' USING ERRCODE = 'invalid_parameter_value';
  ELSIF pinned() IS NOT NULL THEN
    RAISE EXCEPTION 'form II.06a is counted from the dossiers as they are now: of no vintage and no moment before'
      USING ERRCODE = 'invalid_parameter_value';
  ELSIF NOT may_see(id) THEN
    PERFORM refuse_asker();
  END IF;
  RETURN report_model('form06a', code, id, lang, json_build_object('targets', '[]'::json,
           'source', CASE WHEN start < stop THEN 'records' ELSE 'totals' END,
           'records_from', CASE WHEN start > first AND start < stop THEN start END,
           'rows', form06a_rows(holders, first, stop, coalesce(start < stop, false))));
END $$;
