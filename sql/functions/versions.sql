-- versions.sql -- which set of targets, which formula and whose figures: what holds for
-- a period, and what the reader asked for instead.

-- What the reader asked for; settings of the session, so that every function between the
-- question and the formula need not hand them on.
CREATE FUNCTION chosen_set() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('nq17.target_set', true), ''), 'NQ17')
$$;

CREATE FUNCTION chosen_variant() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('nq17.variant', true), '')
$$;

-- Raises where there is no such set or variant.
CREATE FUNCTION choice_exists(set_name text, variant text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF choice_exists.set_name IS NOT NULL
     AND NOT EXISTS (SELECT FROM target_set s WHERE s.set_name = choice_exists.set_name) THEN
    RAISE EXCEPTION 'there is no set of targets "%"', choice_exists.set_name USING ERRCODE = 'no_data_found';
  ELSIF variant IS NOT NULL AND variant <> 'default'
     AND NOT EXISTS (SELECT FROM variant v WHERE v.name = choice_exists.variant) THEN
    RAISE EXCEPTION 'there is no variant "%"', variant USING ERRCODE = 'no_data_found';
  END IF;
END $$;

-- Chooses for the rest of the session; null: as usual.
CREATE FUNCTION choose(set_name text, variant text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM choice_exists(set_name, variant);
  PERFORM set_config('nq17.target_set', coalesce(set_name, ''), false),
          set_config('nq17.variant', coalesce(variant, ''), false);
END $$;

-- Chooses for one transaction, and hands PASSED on: so that it may stand as an argument of what
-- is to be computed by it.
CREATE FUNCTION choose_once(set_name text, variant text, passed text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  IF set_name IS NOT NULL OR variant IS NOT NULL THEN
    IF pinned() IS NOT NULL THEN
      RAISE EXCEPTION 'what was published is of the Resolution''s targets as defined: as_of and vintage take neither set nor variant'
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM choice_exists(set_name, variant);
  END IF;
  PERFORM set_config('nq17.target_set', coalesce(set_name, ''), true),
          set_config('nq17.variant', coalesce(variant, ''), true);
  RETURN passed;
END $$;

-- The agencies that the chosen set is for: its owner and all below it; null: any.
CREATE FUNCTION chosen_agencies() RETURNS int[]
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE owner AS (
    SELECT a.agency_id, a.code FROM target_set s JOIN agency a USING (agency_id)
     WHERE s.set_name = chosen_set()
    UNION
    SELECT a.agency_id, a.code FROM owner o JOIN agency a ON a.parent_code = o.code
  )
  SELECT array_agg(agency_id) FROM owner
$$;

-- The targets of the chosen set that apply on a day, at most one for each indicator and
-- kinds of agencies: a target's window begins after the set or the previous deadline; the
-- last one stays.
CREATE FUNCTION targets_on(day date) RETURNS SETOF target
LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (t.slug, t.kinds) t.*
    FROM target t JOIN target_set s USING (set_name)
   WHERE s.set_name = chosen_set() AND targets_on.day > s.begins
     AND targets_on.day BETWEEN t.valid_from AND coalesce(t.valid_to, 'infinity'::date)
   ORDER BY t.slug, t.kinds, (t.deadline >= targets_on.day) DESC,
            CASE WHEN t.deadline >= targets_on.day THEN t.deadline - targets_on.day
                 ELSE targets_on.day - t.deadline END
$$;

-- What each indicator means on a day.
CREATE FUNCTION definitions_on(day date) RETURNS SETOF definition
LANGUAGE sql STABLE AS $$
  SELECT d.* FROM definition d
   WHERE definitions_on.day BETWEEN d.valid_from AND coalesce(d.valid_to, 'infinity'::date)
$$;

-- The variants that take the place of the usual formula on a day: the one asked for, else
-- the one that the definition names.
CREATE FUNCTION formulas_on(day date) RETURNS SETOF variant
LANGUAGE sql STABLE AS $$
  SELECT v.* FROM variant v
   WHERE v.name = chosen_variant()
      OR (chosen_variant() <> 'default'
          AND v.name = (SELECT d.formula FROM definitions_on(formulas_on.day) d WHERE d.slug = v.slug)
          AND NOT EXISTS (SELECT FROM variant o WHERE o.slug = v.slug AND o.name = chosen_variant()))
$$;

-- Whose figures are added up for a period from FIRST on that speaks of DAY, for each
-- indicator (slug null: for those that have no population of their own).  What closes
-- within the period counts for it once more.  MEMBERS are the rows in force that answer
-- for the agencies named.
-- RECAST_ON: those on that day instead.
CREATE FUNCTION populations_on(day date, first date, recast_on date DEFAULT NULL)
RETURNS TABLE (population_id int, slug text, kinds agency_kind[], members int[], closed boolean)
LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (p.slug) p.population_id, p.slug, p.kinds,
         CASE WHEN p.members = '{}' THEN '{}' ELSE
           ARRAY(SELECT DISTINCT h.heir_id FROM agency_heir h
                  WHERE h.agency_id = ANY (p.members)
                    AND coalesce(recast_on, populations_on.day) BETWEEN h.first_day AND h.last_day) END,
         p.closed
    FROM population p
   WHERE p.valid_from <= populations_on.day
     AND NOT (p.closed AND p.valid_from > populations_on.first)
   ORDER BY p.slug, p.valid_from DESC
$$;

-- Another set or programme, and whose own it is.
CREATE FUNCTION target_set_add(name text, name_vi text, name_en text, begins date, owner text,
                               source text, author text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO target_set (set_name, name_vi, name_en, begins, agency_id, source, author)
  VALUES (name, name_vi, coalesce(name_en, name_vi), begins, nullif(office_agency(owner), 0),
          source, author);
EXCEPTION WHEN unique_violation THEN
  RAISE EXCEPTION 'there is a set "%" already', name USING ERRCODE = 'unique_violation';
END $$;
