-- lineage.sql -- who is who, and who follows whom, on a day.

-- The ways to name an agency, each with the days on which it holds: the plain
-- code while the row is in force, CODE@YEAR always, identifiers while valid.
CREATE OR REPLACE VIEW agency_name AS
SELECT code AS name, agency_id, valid_from AS first_day,
       coalesce(valid_to, 'infinity'::date) AS last_day, false AS explicit
  FROM agency
UNION ALL
SELECT code || '@' || extract(year FROM valid_from), agency_id,
       '-infinity', 'infinity', true
  FROM agency
UNION ALL
SELECT i.identifier, i.agency_id,
       greatest(a.valid_from, coalesce(i.valid_from, a.valid_from)),
       least(coalesce(a.valid_to, 'infinity'::date), coalesce(i.valid_to, 'infinity'::date)),
       false
  FROM agency_identifier i JOIN agency a USING (agency_id);

-- Brings successor_id, lineage_id and agency_heir up to date with the register.
-- Called after every change of it, in the same transaction.
CREATE OR REPLACE FUNCTION refresh_lineage() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  changed int;
BEGIN
  UPDATE agency a SET successor_id = s.agency_id
    FROM agency b LEFT JOIN agency s
      ON s.code = b.successor_code AND b.valid_to + 1
         BETWEEN s.valid_from AND coalesce(s.valid_to, 'infinity'::date)
   WHERE a.agency_id = b.agency_id AND a.successor_id IS DISTINCT FROM s.agency_id;

  -- A family is named by its smallest id; the smallest wanders along the edges.
  UPDATE agency SET lineage_id = agency_id WHERE lineage_id IS DISTINCT FROM agency_id;
  LOOP
    UPDATE agency a SET lineage_id = least(a.lineage_id, e.low)
      FROM (SELECT x.agency_id, min(y.lineage_id) AS low
              FROM agency x JOIN agency y
                ON y.agency_id = x.successor_id OR y.successor_id = x.agency_id
             GROUP BY x.agency_id) e
     WHERE a.agency_id = e.agency_id AND e.low < a.lineage_id;
    GET DIAGNOSTICS changed = ROW_COUNT;
    EXIT WHEN changed = 0;
  END LOOP;

  DELETE FROM agency_heir;
  INSERT INTO agency_heir (agency_id, heir_id, first_day, last_day)
  WITH RECURSIVE line AS (
    SELECT agency_id, agency_id AS heir_id, successor_id, '-infinity'::date AS first_day,
           CASE WHEN successor_id IS NULL THEN 'infinity' ELSE valid_to END AS last_day
      FROM agency
    UNION ALL
    SELECT l.agency_id, s.agency_id, s.successor_id, l.last_day + 1,
           CASE WHEN s.successor_id IS NULL THEN 'infinity' ELSE s.valid_to END
      FROM line l JOIN agency s ON s.agency_id = l.successor_id
  )
  SELECT agency_id, heir_id, first_day, last_day FROM line;
END $$;

-- The row that NAME means on DAY, or null.
CREATE OR REPLACE FUNCTION agency_on(name text, day date) RETURNS int
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
  SELECT n.agency_id FROM agency_name n
   WHERE n.name = agency_on.name AND agency_on.day BETWEEN n.first_day AND n.last_day
   ORDER BY n.explicit LIMIT 1);
END $$;
