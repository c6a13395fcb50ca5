-- recast.sql -- a period on today's agencies.
--
-- As it was, a figure belongs to the row that was in force.  Recast, the rows in force on
-- the as-of day carry what they and all their predecessors did: numerators and
-- denominators are added, rates never averaged.  The register has every predecessor go
-- whole into one successor, so the sums are exact; a split would have to be apportioned,
-- and nothing in the register says by what, so the register does not take one.

-- The day whose agencies are today's: the as-of day of the store, not the clock's.
CREATE OR REPLACE FUNCTION recast_day() RETURNS date
LANGUAGE sql STABLE AS $$ SELECT (store_as_of() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date $$;

-- Did the reader ask for today's agencies, for the whole session?  A setting, so that a report
-- need not hand it on to every question in it.
CREATE FUNCTION recast_chosen() RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('nq17.recast', true), '')::boolean, false)
$$;

-- The observations of a period on today's agencies.  The nation's line is the one as it
-- was: dividing the country otherwise does not change it, and its verdict is on the agencies
-- that had to reach the target then.
CREATE FUNCTION recast_computed(code text, wanted text) RETURNS SETOF observation
LANGUAGE sql STABLE AS $$
  SELECT o.*
    FROM (SELECT CASE WHEN wanted IS NOT NULL THEN ARRAY[wanted] END) w(slugs)
   CROSS JOIN LATERAL (
     SELECT * FROM live_observations(code, w.slugs, recast_day()) WHERE agency_id <> 0
     UNION ALL
     SELECT * FROM live_observations(code, w.slugs) WHERE agency_id = 0) o
   ORDER BY indicator COLLATE "C", agency COLLATE "C"
$$;

-- The same, from memory (memory.sql) where that answers.
CREATE FUNCTION recast_observations(code text, wanted text) RETURNS SETOF observation
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT is_recast_remembered(code) THEN
    RETURN QUERY SELECT * FROM recast_computed(code, wanted);
  ELSIF wanted IS NULL THEN
    RETURN QUERY SELECT r.* FROM remembered_recast r WHERE r.period = code
                  ORDER BY r.indicator COLLATE "C", r.agency COLLATE "C";
  ELSE                         -- a span of the index, not the whole period
    RETURN QUERY SELECT r.* FROM remembered_recast r
                  WHERE r.period = code AND r.indicator COLLATE "C" = wanted
                  ORDER BY r.agency COLLATE "C";
  END IF;
END $$;

-- The same, where there is such a thing: what was published was published on the agencies of
-- then.
CREATE FUNCTION recast_asked(code text, as_of timestamptz, wanted text) RETURNS SETOF observation
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF as_of IS NOT NULL OR pinned() IS NOT NULL THEN
    RAISE EXCEPTION 'recast figures are computed now; there are none as of a time'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN QUERY SELECT * FROM recast_observations(code, wanted);
END $$;

-- The one door for whoever lets a reader choose between the two.  One statement: it becomes a
-- part of whatever asks, and no line is copied on its way.
CREATE OR REPLACE FUNCTION observations_asked(code text, as_of timestamptz, wanted text,
                                              recast boolean) RETURNS SETOF observation
LANGUAGE sql STABLE AS $$
  SELECT * FROM observations(code, as_of, wanted) WHERE NOT observations_asked.recast
  UNION ALL
  SELECT * FROM recast_asked(code, as_of, wanted) WHERE observations_asked.recast
$$;

-- The row that NAME means.  Recast, a predecessor's name means who answers for it today.
CREATE OR REPLACE FUNCTION agency_asked(name text, code text, recast boolean) RETURNS int
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT CASE WHEN NOT recast OR name = 'VN' THEN agency_in(name, code) ELSE (
    SELECT h.heir_id FROM agency_heir h
     WHERE h.agency_id = coalesce(agency_on(name, recast_day()), agency_in(name, code))
       AND recast_day() BETWEEN h.first_day AND h.last_day) END);
END $$;

-- Whom a report speaks of: NAME, else the nation.
CREATE FUNCTION report_agency(name text, code text) RETURNS int
LANGUAGE sql STABLE AS $$ SELECT agency_asked(coalesce(name, 'VN'), code, recast_chosen()) $$;

-- Who is listed in the reports of a period.
CREATE FUNCTION report_roster(code text)
RETURNS TABLE (agency_id int, in_population boolean)
LANGUAGE sql STABLE AS $$
  SELECT r.agency_id, r.in_population
    FROM period_range(code) days
   CROSS JOIN (SELECT CASE WHEN recast_chosen() THEN recast_day() END) t(today)
   CROSS JOIN LATERAL roster(coalesce(today, lower(days)), coalesce(today + 1, upper(days)),
                             coalesce(today, period_day(code))) r
$$;

-- How recast figures are to be labelled; null where figures are as they were.  The nation's
-- are never recast: who asks for them is told so.
CREATE OR REPLACE FUNCTION recast_label(recast boolean, of_nation boolean DEFAULT false) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT CASE WHEN of_nation THEN json_build_object('agencies_on', recast_day(), 'method', 'unchanged',
    'note_vi', 'Số liệu cả nước giữ nguyên như lúc đó, không tính lại theo các cơ quan hiện nay',
    'note_en', 'The nation''s figures stay as they were: they are not computed on today''s agencies')
  ELSE json_build_object('agencies_on', recast_day(), 'method', 'exact',
    'note_vi', 'Số liệu tính lại theo các cơ quan hiện nay: cộng tử số và mẫu số của các cơ '
               'quan tiền nhiệm, không phải số đã công bố',
    'note_en', 'Computed on today''s agencies: numerators and denominators of their '
               'predecessors added; not as published') END
   WHERE recast);
END $$;
