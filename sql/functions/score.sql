-- score.sql -- what the office sets of ranks: the minimum base, and points published by
-- others.

CREATE OR REPLACE FUNCTION rank_minimum_set(slug text, base bigint, coverage int, reason text, who text)
RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
  PERFORM page_slug(slug) WHERE slug IS NOT NULL;
  INSERT INTO rank_rule (slug, minimum_base, minimum_coverage, reason_vi, reason_en, set_by)
  VALUES (slug, base, coalesce(coverage, 0), reason, reason, who);
  UPDATE store SET catalogue_at = clock_timestamp();
END $$;

-- Stores the points of SCORE for a period; those given before are replaced.  All or
-- nothing: the first row that cannot be right refuses the file.
CREATE OR REPLACE FUNCTION score_load(score text, code text, source text, who text,
                                      agencies text[], parts text[], points text[]) RETURNS int
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  r record;
  stored int := 0;
BEGIN
  FOR r IN
    SELECT g.agency, g.part, g.points, agency_in(g.agency, code) AS id, p.most
      FROM unnest(agencies, parts, points) WITH ORDINALITY AS g(agency, part, points, at)
      LEFT JOIN score_part p ON p.score = score_load.score AND p.part = g.part
     ORDER BY g.at
  LOOP
    IF coalesce(r.id, 0) = 0 THEN
      RAISE EXCEPTION 'no agency "%" in period %', r.agency, code USING ERRCODE = 'no_data_found';
    ELSIF r.most IS NULL THEN
      RAISE EXCEPTION 'score "%" has no part "%"', score, r.part USING ERRCODE = 'no_data_found';
    ELSIF r.points::numeric > r.most OR r.points::numeric < 0 THEN
      RAISE EXCEPTION '% of %: % points; the part gives 0 to %', r.part, r.agency, r.points, r.most
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO score_point AS s (score, part, agency_id, period, points, source, loaded_by)
    VALUES (score, r.part, r.id, code, r.points::numeric, source, who)
    ON CONFLICT ON CONSTRAINT score_point_pkey DO UPDATE
      SET (points, source, loaded_by, loaded_at)
        = (excluded.points, excluded.source, excluded.loaded_by, excluded.loaded_at);
    stored := stored + 1;
  END LOOP;
  UPDATE store SET catalogue_at = clock_timestamp();
  RETURN stored;
END $$;
