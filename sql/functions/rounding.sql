-- rounding.sql -- the one rounding of every output: half up on exact rationals,
-- and a value that misses its target is never printed as reaching it.

-- N / D with DIGITS decimals.  With a target, a value below it that would round up
-- to it is cut instead: 99,995% against 100% prints 99,99%.
CREATE OR REPLACE FUNCTION round_fraction(n bigint, d bigint, digits int,
                                          target_n bigint DEFAULT NULL, target_d bigint DEFAULT NULL)
RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN d IS NULL OR d = 0 OR n IS NULL THEN NULL
    WHEN target_n IS NOT NULL AND n::numeric * target_d < target_n::numeric * d
         AND half_up * target_d >= target_n THEN below
    ELSE half_up END
  FROM (SELECT round(floor((2 * n::numeric * power + d) / (2 * d)) / power, digits) AS half_up,
               round(floor(n::numeric * power / d) / power, digits) AS below
          FROM (SELECT (10::numeric ^ digits)::numeric(20, 0) AS power) p
         WHERE d <> 0) r
$$;

-- The Wilson 95% interval of N out of D, as percent with two decimals.
CREATE OR REPLACE FUNCTION wilson(n bigint, d bigint, OUT low numeric, OUT high numeric)
LANGUAGE sql IMMUTABLE AS $$
  SELECT round(100 * greatest(0, (centre - half) / (1 + zz / d))::numeric, 2),
         round(100 * least(1, (centre + half) / (1 + zz / d))::numeric, 2)
    FROM (SELECT 3.841458820694124::float8 AS zz) z,
         LATERAL (SELECT n::float8 / d + zz / (2 * d) AS centre,
                         sqrt(zz * ((n::float8 / d) * (1 - n::float8 / d) / d
                                    + zz / (4 * d::float8 * d))) AS half) w
   WHERE d > 0 AND n BETWEEN 0 AND d
$$;
