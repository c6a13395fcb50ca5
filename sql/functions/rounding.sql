-- rounding.sql -- the one rounding of every output: half up on exact rationals,
-- and a value that misses its target is never printed as reaching it.
-- Each body is one expression, so that the planner can inline it.

-- The largest whole number not above A / B; B > 0.
CREATE OR REPLACE FUNCTION floor_div(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$ SELECT div(a - mod(mod(a, b) + b, b), b) $$;

CREATE OR REPLACE FUNCTION half_up(n numeric, d numeric, digits int) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
  SELECT round(floor_div(2 * n * 10 ^ digits::numeric + d, 2 * d) / 10 ^ digits::numeric, digits)
$$;

-- N / D in units of 1 / UNITS, half up; all of it small enough for 64 bits.
CREATE OR REPLACE FUNCTION half_up_units(n bigint, d bigint, units bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$ SELECT (2 * n * units + d) / (2 * d) $$;

-- N / D with DIGITS decimals; null without a denominator.  With a target, a value
-- below it that would round up to it is cut instead: 99,995% against 100% prints 99,99%.
-- Figures up to a thousand million are rounded in 64 bits, a few times as fast as the others.
CREATE OR REPLACE FUNCTION round_fraction(n bigint, d bigint, digits int,
                                          target_n bigint DEFAULT NULL, target_d bigint DEFAULT NULL)
RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN d IS NULL OR d = 0 OR n IS NULL THEN NULL
    WHEN n BETWEEN 0 AND 1000000000 AND d BETWEEN 1 AND 1000000000 AND digits BETWEEN 0 AND 6
         AND coalesce(target_n BETWEEN 0 AND 1000 AND target_d BETWEEN 1 AND 1000, true)
      THEN CASE WHEN target_n IS NOT NULL AND n * target_d < target_n * d
                     AND half_up_units(n, d, (10 ^ digits)::bigint) * target_d
                         >= target_n * (10 ^ digits)::bigint
                THEN n * (10 ^ digits)::bigint / d
                ELSE half_up_units(n, d, (10 ^ digits)::bigint) END
           * round(10 ^ (-digits)::numeric, digits)
    WHEN target_n IS NOT NULL AND n::numeric * target_d < target_n::numeric * d
         AND half_up(n, d, digits) * target_d >= target_n
      THEN round(floor_div(n * 10 ^ digits::numeric, d) / 10 ^ digits::numeric, digits)
    ELSE half_up(n, d, digits) END
$$;

-- An end of the Wilson 95% interval of N out of D, as percent with two decimals: the lower one
-- with SIDE -1, the upper with 1.
CREATE FUNCTION wilson_end(n bigint, d bigint, side int) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN d > 0 AND n BETWEEN 0 AND d THEN
    0.01 * floor(0.5 + 10000 * least(1, greatest(0,
      (n::float8 / d + 3.841458820694124::float8 / (2 * d::float8)
       + side * sqrt(3.841458820694124::float8
                     * (n::float8 / d * (1 - n::float8 / d) / d::float8
                        + 3.841458820694124::float8 / (4 * d::float8 * d::float8))))
      / (1 + 3.841458820694124::float8 / d::float8))))::bigint END
$$;
