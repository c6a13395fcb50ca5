-- ranks.sql -- what makes a rank honest: who is comparable, and what is still open.

-- The rule for each indicator: its own, else the one for all.
CREATE OR REPLACE VIEW rank_rule_in_force AS
SELECT DISTINCT ON (i.slug) i.slug, r.minimum_base, r.minimum_coverage, r.reason_vi, r.reason_en
  FROM indicator i JOIN rank_rule r ON coalesce(r.slug, i.slug) = i.slug
 ORDER BY i.slug, r.slug NULLS LAST, r.rule_id DESC;

-- Between which values a figure lies while something is missing: units whose attribute
-- was not provided, and UNSENT dossiers that the agency counts but did not send.  At the
-- least none of them counts, at the most all do (all missing offline ... all online).
-- POSSIBLE is null where it is not known how much is missing.  FOUR is the value with four
-- decimals, which both ends are where nothing is missing; places among countries have no
-- bounds.
CREATE OR REPLACE FUNCTION figure_bounds(n bigint, d bigint, possible bigint, unsent bigint, four numeric,
                                         is_place boolean, target_n bigint, target_d bigint)
RETURNS TABLE (numerator_low bigint, numerator_high bigint, bound_denominator bigint,
               low_bound numeric, high_bound numeric, four_low numeric, four_high numeric)
LANGUAGE sql IMMUTABLE AS $$
  SELECT b.low, b.high, b.whole,
         CASE WHEN b.open THEN round_fraction(b.low, b.whole, 6, target_n, target_d) END,
         CASE WHEN b.open THEN round_fraction(b.high, b.whole, 6, target_n, target_d) END,
         CASE WHEN b.open THEN round_fraction(b.low, b.whole, 4, target_n, target_d) ELSE four END,
         CASE WHEN b.open THEN round_fraction(b.high, b.whole, 4, target_n, target_d) ELSE four END
    FROM (SELECT CASE WHEN known THEN n END, CASE WHEN known THEN possible + unsent END,
                 CASE WHEN known THEN d + unsent END, known AND (possible > n OR unsent > 0)
            FROM (SELECT NOT is_place AND possible IS NOT NULL AND d + unsent > 0) k(known))
         AS b(low, high, whole, open)
$$;

-- A JSON object with the members of two; json_build_object() takes but 50 of them.
CREATE OR REPLACE FUNCTION json_joined(a json, b json) RETURNS json
LANGUAGE sql IMMUTABLE AS $$ SELECT (left(a::text, -1) || ', ' || substr(b::text, 2))::json $$;
