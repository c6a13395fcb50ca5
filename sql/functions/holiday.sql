-- holiday.sql -- working days: Monday to Friday without the days of table holiday.

-- The working days after DAY up to and with LAST; 0 if there are none.
CREATE FUNCTION working_days(day date, last date) RETURNS int
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT count(*)::int
    FROM generate_series(working_days.day + 1, working_days.last, interval '1 day') d
   WHERE extract(isodow FROM d) < 6
     AND NOT EXISTS (SELECT FROM holiday h WHERE h.day = d::date));
END $$;

-- Whether every day off after DAY up to LAST was read in a source.
CREATE FUNCTION holidays_verified(day date, last date) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT coalesce(bool_and(h.verified), false) FROM holiday h
   WHERE h.day > holidays_verified.day AND h.day <= holidays_verified.last);
END $$;

-- The working day that is N working days after DAY.
CREATE FUNCTION working_day_after(day date, n int) RETURNS date
LANGUAGE sql STABLE AS $$
  -- two weeks more than weekends take: no holidays are longer than that
  SELECT d::date
    FROM generate_series(working_day_after.day + 1, working_day_after.day + 2 * n + 21,
                         interval '1 day') d
   WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (SELECT FROM holiday h WHERE h.day = d::date)
   ORDER BY d LIMIT 1 OFFSET n - 1
$$;
