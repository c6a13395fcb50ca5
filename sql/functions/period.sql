-- period.sql -- spans of local days, by name (DESIGN 6.4).  base/period.c reads the
-- same names; a test holds the two against each other.

-- The parts of a period's name; raises 22023 when it is none.
CREATE OR REPLACE FUNCTION period_parts(code text, OUT nd09 boolean, OUT kind text,
                                        OUT year int, OUT number int, OUT days daterange)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  m text[] := regexp_match(code,
    '^(ND09-)?(\d{4})(?:-(?:H([12])|Q([1-4])|W(\d\d)|(\d\d)(?:-(\d\d))?))?$');
  months int;
  first date;
BEGIN
  IF m IS NULL OR m[2]::int NOT BETWEEN 1900 AND 2199
     OR (m[1] IS NOT NULL AND (m[5] IS NOT NULL OR m[7] IS NOT NULL)) THEN
    RAISE EXCEPTION 'not a period: "%"', code USING ERRCODE = '22023';
  END IF;
  nd09 := m[1] IS NOT NULL;
  year := m[2]::int;
  number := coalesce(m[3], m[4], m[5], m[6], '0')::int;
  kind := CASE WHEN m[3] IS NOT NULL THEN 'half' WHEN m[4] IS NOT NULL THEN 'quarter'
               WHEN m[5] IS NOT NULL THEN 'week' WHEN m[7] IS NOT NULL THEN 'day'
               WHEN m[6] IS NOT NULL THEN 'month' ELSE 'year' END;
  IF kind = 'day' THEN
    first := make_date(year, number, m[7]::int);
    days := daterange(first, first + 1);
    RETURN;
  ELSIF kind = 'week' THEN
    first := to_date(m[2] || m[5], 'IYYYIW');
    IF number = 0 OR to_char(first, 'IYYY') <> m[2] THEN
      RAISE EXCEPTION 'no week % in %', number, year USING ERRCODE = '22023';
    END IF;
    days := daterange(first, first + 7);
    RETURN;
  END IF;
  months := CASE kind WHEN 'half' THEN 6 WHEN 'quarter' THEN 3 WHEN 'month' THEN 1 ELSE 12 END;
  first := make_date(year, CASE kind WHEN 'year' THEN 1 ELSE (number - 1) * months + 1 END, 1);
  -- Decree 09/2019, Article 12: from the 15th of the month before to the 14th.
  days := CASE WHEN nd09
    THEN daterange((first - interval '1 month')::date + 14,
                   (first + make_interval(months => months - 1))::date + 14)
    ELSE daterange(first, (first + make_interval(months => months))::date) END;
EXCEPTION WHEN datetime_field_overflow THEN
  RAISE EXCEPTION 'not a period: "%"', code USING ERRCODE = '22023';
END $$;

CREATE OR REPLACE FUNCTION period_range(code text) RETURNS daterange
LANGUAGE sql IMMUTABLE AS $$ SELECT (period_parts(code)).days $$;   -- an expression: it is inlined

-- The name of the period of KIND that begins on FIRST.
CREATE OR REPLACE FUNCTION period_code(nd09 boolean, kind text, first date) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  WITH month AS (
    -- The month a reporting period is named after is the one its first 14 days lead to.
    SELECT CASE WHEN nd09 THEN (first - 14 + interval '1 month')::date ELSE first END AS m
  )
  SELECT CASE WHEN nd09 THEN 'ND09-' ELSE '' END || CASE kind
    WHEN 'year'    THEN to_char(m, 'YYYY')
    WHEN 'half'    THEN to_char(m, 'YYYY') || '-H' || (extract(month FROM m)::int + 5) / 6
    WHEN 'quarter' THEN to_char(m, 'YYYY-"Q"Q')
    WHEN 'month'   THEN to_char(m, 'YYYY-MM')
    WHEN 'week'    THEN to_char(m, 'IYYY-"W"IW')
    ELSE to_char(m, 'YYYY-MM-DD') END
  FROM month);
END $$;

-- The same kind of period, STEPS later.
CREATE OR REPLACE FUNCTION period_shift(code text, steps int) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT period_code(p.nd09, p.kind, (lower(p.days) + steps * CASE p.kind
    WHEN 'year' THEN interval '1 year' WHEN 'half' THEN interval '6 months'
    WHEN 'quarter' THEN interval '3 months' WHEN 'month' THEN interval '1 month'
    WHEN 'week' THEN interval '7 days' ELSE interval '1 day' END)::date)
    FROM period_parts(code) p);
END $$;

-- In words: "quý III năm 2020 (kỳ báo cáo NĐ 09/2019)".  FIRST: the day of a KIND 'day'.
CREATE FUNCTION period_words(nd09 boolean, kind text, year int, number int, first date, lang text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE WHEN lang = 'en' THEN CASE kind
      WHEN 'half'    THEN (ARRAY['first', 'second'])[number] || ' half of ' || year
      WHEN 'quarter' THEN 'quarter ' || number || ' of ' || year
      WHEN 'month'   THEN (ARRAY['January', 'February', 'March', 'April', 'May', 'June', 'July',
                           'August', 'September', 'October', 'November', 'December'])[number]
                          || ' ' || year
      WHEN 'week'    THEN 'week ' || number || ' of ' || year
      WHEN 'day'     THEN first::text
      ELSE year::text END
    || CASE WHEN nd09 THEN ' (reporting period of Decree 09/2019)' ELSE '' END
  ELSE CASE kind
      WHEN 'half'    THEN '6 tháng ' || (ARRAY['đầu', 'cuối'])[number] || ' năm ' || year
      WHEN 'quarter' THEN 'quý ' || (ARRAY['I', 'II', 'III', 'IV'])[number] || ' năm ' || year
      WHEN 'month'   THEN 'tháng ' || number || ' năm ' || year
      WHEN 'week'    THEN 'tuần ' || number || ' năm ' || year
      WHEN 'day'     THEN 'ngày ' || to_char(first, 'DD/MM/YYYY')
      ELSE 'năm ' || year END
    || CASE WHEN nd09 THEN ' (kỳ báo cáo Nghị định 09/2019)' ELSE '' END
  END;
END $$;

CREATE OR REPLACE FUNCTION period_name(code text, lang text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (SELECT period_words(p.nd09, p.kind, p.year, p.number, lower(p.days), lang) FROM period_parts(code) p);
END $$;
