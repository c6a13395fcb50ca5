-- status.sql -- the verdict (DESIGN 5), by integers, never by printed values.

-- Does N / D reach the target?  Places count downwards.
CREATE OR REPLACE FUNCTION reaches(n numeric, d numeric, direction text,
                                   target_n bigint, target_d bigint)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN direction = '<=' THEN n * target_d <= target_n * d
              ELSE n * target_d >= target_n * d END
$$;

-- NOTE, and that a part is told to be larger than its whole: one of the two is wrong, and nobody
-- knows which.  LOOSE: loose_shares().
CREATE FUNCTION note_with(note text, slug text, n bigint, d bigint, loose text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN n > d AND d > 0 AND slug <> ALL (loose) THEN coalesce(note || ' ', '') || 'over_whole' ELSE note END
$$;

-- Indicators that are not of a whole and its part: places among countries, and readings that
-- divide two sets of dossiers.
CREATE FUNCTION loose_shares(day date) RETURNS text[]
LANGUAGE sql STABLE AS $$
  SELECT ARRAY(SELECT i.slug FROM indicator i WHERE i.kind = 'survey'
               UNION ALL SELECT f.slug FROM formulas_on(loose_shares.day) f)
$$;

-- How many units N is short of the target (of at most so many: too many), the denominator as
-- it is; null where nothing is counted or wanted.
CREATE OR REPLACE FUNCTION units_short(n bigint, d bigint, direction text, target_n bigint, target_d bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN d > 0 AND target_n IS NOT NULL
    THEN greatest(0, CASE WHEN direction = '<=' THEN n - target_n * d / target_d
                          ELSE (target_n * d + target_d - 1) / target_d - n END) END
$$;

-- The verdict on one figure against one target.  POSSIBLE: the numerator if all that is
-- unknown held.  TODAY decides between a verdict and a forecast; DAY is
-- the day the figure speaks of; (path_day, path_n / path_d) is the first observation
-- in the target's window, from which the straight path to the target starts.
CREATE OR REPLACE FUNCTION verdict(n bigint, d bigint, possible bigint, direction text,
                                   target_n bigint, target_d bigint, deadline date, today date,
                                   day date, path_day date, path_n bigint, path_d bigint)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN d IS NULL THEN 'no_data'
    WHEN d = 0 THEN 'not_applicable'
    WHEN target_n IS NULL THEN 'no_target'
    WHEN reaches(CASE WHEN direction = '<=' THEN possible ELSE n END, d, direction, target_n, target_d)
      THEN CASE WHEN deadline < today THEN 'met' ELSE 'on_track' END
    WHEN reaches(CASE WHEN direction = '<=' THEN n ELSE possible END, d, direction, target_n, target_d)
      THEN 'undetermined'
    WHEN deadline < today THEN 'not_met'
    -- n/d against path + (target - path) * elapsed / span, all over whole numbers
    WHEN path_d > 0 AND path_day < deadline
         AND CASE WHEN direction = '<=' THEN -1 ELSE 1 END
             * (n::numeric * path_d * target_d * (deadline - path_day)
                - (path_n::numeric * target_d * (deadline - path_day)
                   + (target_n::numeric * path_d - path_n::numeric * target_d)
                     * greatest(0, day - path_day)) * d) >= 0
      THEN 'on_track'
    ELSE 'behind' END
$$;

-- The verdict on a nation every agency of which must reach the target.
CREATE OR REPLACE FUNCTION verdict_of_all(statuses text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN 'not_met' = ANY (s) THEN 'not_met'
    WHEN 'behind' = ANY (s) THEN 'behind'
    WHEN 'undetermined' = ANY (s) THEN 'undetermined'
    WHEN 'no_data' = ANY (s) THEN 'no_data'
    WHEN 'on_track' = ANY (s) THEN 'on_track'
    WHEN 'met' = ANY (s) THEN 'met'
    WHEN 'not_applicable' = ANY (s) THEN 'not_applicable'
    ELSE 'no_data' END
  FROM (SELECT coalesce(statuses, '{}') AS s) x
$$;
