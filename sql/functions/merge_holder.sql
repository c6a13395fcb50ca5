-- merge_holder.sql -- which row of the register a dossier lies with, where predecessors and
-- successors speak of the same code.  It depends on the records alone, not on the order in
-- which they came, so what was stored moves when a record comes that makes it another's:
--
-- - What names a row that began after the dossier was received is a word of that row on a
--   predecessor's dossier.  While no predecessor has the code it waits, refused.
-- - What names a row whose predecessor has the code is of the predecessor's dossier, unless
--   both were in force on the day of receipt; then only if it was received at the same moment.
-- - Of several predecessors it is the one whose dossier was received at that same moment.
--   Where that leaves none, or several, it is a dossier of the row that it names.

-- Ancestors and descendants of each row of the register (not siblings), with the day
-- on which the elder ended and the one on which the younger began.
CREATE VIEW agency_kin AS
WITH RECURSIVE line AS (
  SELECT agency_id AS elder_id, successor_id AS younger_id, valid_to AS elder_last
    FROM agency WHERE successor_id IS NOT NULL
  UNION ALL
  SELECT l.elder_id, a.successor_id, l.elder_last
    FROM line l JOIN agency a ON a.agency_id = l.younger_id
   WHERE a.successor_id IS NOT NULL
), pair AS (
  SELECT l.elder_id, l.younger_id, l.elder_last, y.valid_from AS younger_first
    FROM line l JOIN agency y ON y.agency_id = l.younger_id
)
SELECT younger_id AS agency_id, elder_id AS kin_id, true AS kin_is_elder, elder_last, younger_first
  FROM pair
UNION ALL
SELECT elder_id, younger_id, false, elder_last, younger_first FROM pair;

-- Whose dossiers a new one of each row has to be compared with: those of its predecessors and
-- successors, and of others that merged into the same row, of whose dossiers that row has spoken.
-- OFFSET 0: a look at the key for each pair; planned as a join it would read all dossiers.
CREATE VIEW kin_holding AS
SELECT p.agency_id, p.kin_id
  FROM (SELECT agency_id, kin_id FROM agency_kin
        UNION
        SELECT a.agency_id, b.agency_id
          FROM agency_kin a
          JOIN agency_kin b ON b.kin_id = a.kin_id AND b.agency_id <> a.agency_id
         WHERE NOT a.kin_is_elder AND NOT b.kin_is_elder
           AND EXISTS (SELECT FROM dossier_named n WHERE n.agency_id = b.agency_id OFFSET 0)) p
 WHERE EXISTS (SELECT FROM dossier d WHERE d.agency_id = p.kin_id OFFSET 0);

-- Whom a version that lies with HOLDER named, where dossier_named does not say, as of those that
-- were stored before that was kept: who was gone by the day of receipt was named through its heir.
CREATE FUNCTION named_by_day(holder int, day date) RETURNS int
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN day > a.valid_to
              THEN (SELECT h.heir_id FROM agency_heir h
                     WHERE h.agency_id = holder AND day BETWEEN h.first_day AND h.last_day)
              ELSE holder END
    FROM agency a WHERE a.agency_id = holder
$$;

-- Every version of the codes in table TANGLED (lineage_id, dossier): those that are stored
-- (lies_with, version), wait, or, if STAGED, are in the stage (line), with the row that each
-- of them names.
CREATE FUNCTION holder_claims(staged boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  CREATE TEMP TABLE claim (
    claim_id int GENERATED ALWAYS AS IDENTITY, lineage_id int, dossier text, updated_at timestamptz,
    status dossier_status, received_at timestamptz, received_day date, named_id int,
    lies_with int, version int, is_current boolean, waits boolean NOT NULL DEFAULT false,
    line bigint, must_join boolean, generation bigint, holder_id int
  ) ON COMMIT DROP;
  INSERT INTO claim (lineage_id, dossier, updated_at, status, received_at, received_day, named_id,
                     lies_with, version, is_current)
  SELECT t.lineage_id, t.dossier, v.updated_at, v.status, v.received_at, v.received_day,
         coalesce(n.named_id, named_by_day(a.agency_id, v.received_day)), a.agency_id,
         v.version, v.is_current
    FROM tangled t JOIN agency a USING (lineage_id)
   CROSS JOIN LATERAL (
     SELECT d.updated_at, d.status, d.received_at, d.received_day, d.version, true AS is_current
       FROM dossier d WHERE d.agency_id = a.agency_id AND d.dossier = t.dossier
     UNION ALL
     SELECT d.updated_at, d.status, d.received_at, d.received_day, d.version, false
       FROM dossier_history d WHERE d.agency_id = a.agency_id AND d.dossier = t.dossier) v
    LEFT JOIN dossier_named n ON n.agency_id = a.agency_id AND n.dossier = t.dossier
                             AND n.updated_at = v.updated_at AND n.status = v.status;
  INSERT INTO claim (lineage_id, dossier, updated_at, status, received_at, received_day, named_id,
                     waits)
  SELECT t.lineage_id, t.dossier, w.updated_at, w.status, w.received_at, w.received_day,
         w.agency_id, true
    FROM tangled t JOIN agency a USING (lineage_id)
    JOIN dossier_waiting w ON w.agency_id = a.agency_id AND w.dossier = t.dossier;
  IF staged THEN
    INSERT INTO claim (lineage_id, dossier, updated_at, status, received_at, received_day,
                       named_id, line)
    SELECT t.lineage_id, t.dossier, s.updated_at, s.status, s.received_at, s.received_day,
           s.agency_id, s.line
      FROM stage s JOIN agency a USING (agency_id)
      JOIN tangled t ON t.lineage_id = a.lineage_id AND t.dossier = s.dossier;
  END IF;
  UPDATE claim c
     SET must_join = c.received_day < a.valid_from,
         generation = (SELECT count(*) FROM agency_kin k
                        WHERE k.agency_id = c.named_id AND k.kin_is_elder)
    FROM agency a WHERE a.agency_id = c.named_id;
  CREATE INDEX ON claim (dossier, lineage_id);
  ANALYZE claim;
END $$;

-- The rule above: sets holder_id of all claims, null of those that wait.  The elder rows come
-- first, as whoever follows looks at what lies with them.
CREATE FUNCTION holder_locate() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  turn bigint;
BEGIN
  FOR turn IN SELECT DISTINCT generation FROM claim ORDER BY generation LOOP
    WITH elder AS (
      SELECT c.claim_id, h.holder_id, bool_or(h.received_at = c.received_at) AS at_once
        FROM claim c
        JOIN agency_kin k ON k.agency_id = c.named_id AND k.kin_is_elder
        JOIN claim h ON h.dossier = c.dossier AND h.lineage_id = c.lineage_id
                    AND h.holder_id = k.kin_id
       WHERE c.generation = turn
         AND (c.received_day > k.elder_last OR c.must_join OR h.received_at = c.received_at)
       GROUP BY c.claim_id, h.holder_id
    ), choice AS (
      SELECT claim_id, CASE WHEN count(*) FILTER (WHERE at_once) = 1
                            THEN min(holder_id) FILTER (WHERE at_once)
                            WHEN count(*) = 1 THEN min(holder_id) END AS holder_id
        FROM elder GROUP BY claim_id
    )
    UPDATE claim c
       SET holder_id = coalesce(x.holder_id,
             CASE WHEN x.claim_id IS NOT NULL OR NOT c.must_join THEN c.named_id END)
      FROM claim o LEFT JOIN choice x USING (claim_id)
     WHERE o.claim_id = c.claim_id AND c.generation = turn;
  END LOOP;
END $$;

-- Brings what is stored where it belongs, with its totals: the claims in table MOVING.  What
-- has lost its predecessor's dossier waits again.
CREATE FUNCTION holder_move() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  columns text := dossier_columns('v.');
BEGIN
  CREATE TEMP TABLE moved_dossier ON COMMIT DROP AS
  SELECT lies_with AS agency_id, dossier FROM moving WHERE lies_with IS NOT NULL
  UNION
  SELECT holder_id, dossier FROM moving WHERE holder_id IS NOT NULL;
  EXECUTE format($sql$
    CREATE TEMP TABLE pool ON COMMIT DROP AS
    SELECT %1$s, NULL::bigint AS replaced_by, c.holder_id AS to_agency, c.dossier AS to_dossier,
           true AS was_current
      FROM moved_dossier m
      JOIN claim c ON c.dossier = m.dossier AND c.lies_with = m.agency_id AND c.is_current
      JOIN dossier v ON v.agency_id = m.agency_id AND v.dossier = m.dossier
    UNION ALL
    SELECT %1$s, v.replaced_by, c.holder_id, c.dossier, false
      FROM moved_dossier m
      JOIN claim c ON c.dossier = m.dossier AND c.lies_with = m.agency_id AND NOT c.is_current
      JOIN dossier_history v ON v.agency_id = m.agency_id AND v.dossier = m.dossier
                            AND v.version = c.version
    UNION ALL
    SELECT %1$s, NULL, c.holder_id, c.dossier, NULL
      FROM moving c
      JOIN dossier_waiting v ON v.agency_id = c.named_id AND v.dossier = c.dossier
                            AND v.updated_at = c.updated_at AND v.status = c.status
     WHERE c.waits
  $sql$, columns);
  EXECUTE format('INSERT INTO dossier_waiting (%1$s) SELECT %1$s FROM pool v WHERE to_agency IS NULL '
                 'ON CONFLICT DO NOTHING', replace(columns, 'v.', ''));
  UPDATE dossier_echo e SET agency_id = c.holder_id
    FROM moving c
   WHERE c.holder_id IS NOT NULL AND e.agency_id = c.lies_with AND e.dossier = c.dossier
     AND e.updated_at = c.updated_at AND e.status = c.status;
  PERFORM dossier_regroup();
  DROP TABLE moved_dossier;
END $$;

-- What waited for a predecessor's dossier and was taken with BATCH waits no longer.
CREATE FUNCTION holder_end_waiting(batch bigint) RETURNS void
LANGUAGE sql AS $$
  DELETE FROM dossier_waiting w USING claim c
   WHERE c.waits AND c.holder_id IS NOT NULL AND w.agency_id = c.named_id
     AND w.dossier = c.dossier AND w.updated_at = c.updated_at AND w.status = c.status;
  UPDATE quarantine q SET settled_by = batch, settled_as = 'accepted'
    FROM claim c
   WHERE c.waits AND c.holder_id IS NOT NULL AND q.settled_by IS NULL
     AND q.agency_id = c.named_id AND q.dossier = c.dossier AND q.code = 'agency_not_in_force'
$$;

-- Remembers which of the versions name another row than the one they lie with.  Where two
-- records of one version name several, the elder counts.
CREATE FUNCTION holder_note() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM dossier_named n USING tangled t JOIN agency a USING (lineage_id)
   WHERE n.agency_id = a.agency_id AND n.dossier = t.dossier;
  INSERT INTO dossier_named
  SELECT holder_id, dossier, updated_at, status, named_id
    FROM (SELECT DISTINCT ON (holder_id, dossier, updated_at, status) *
            FROM claim WHERE holder_id IS NOT NULL
           ORDER BY holder_id, dossier, updated_at, status, generation, named_id) c
   WHERE named_id <> holder_id;
END $$;

-- Puts the dossiers of the codes in table TANGLED where they belong.  Before the records of
-- BATCH are merged, as its stage will have it; AFTER that also what waited is taken, as if it
-- had been sent again.
CREATE FUNCTION holder_settle(batch bigint, after boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DROP TABLE IF EXISTS claim;
  PERFORM holder_claims(NOT after);
  PERFORM holder_locate();
  -- Of what waits, what is there already is a repetition.
  CREATE TEMP TABLE moving ON COMMIT DROP AS
  SELECT c.* FROM claim c
   WHERE c.line IS NULL AND c.holder_id IS DISTINCT FROM c.lies_with AND (after OR NOT c.waits)
     AND NOT (c.waits AND EXISTS (
       SELECT FROM claim o
        WHERE o.dossier = c.dossier AND o.lineage_id = c.lineage_id AND o.holder_id = c.holder_id
          AND o.updated_at = c.updated_at AND o.status = c.status
          AND o.claim_id <> c.claim_id AND o.lies_with IS NOT NULL));
  IF EXISTS (SELECT FROM moving) THEN
    PERFORM holder_move();
  END IF;
  IF after THEN
    PERFORM holder_end_waiting(batch);
  END IF;
  PERFORM holder_note();
  DROP TABLE moving;
END $$;

-- After the merge: records that waited for a dossier which BATCH brought.
CREATE FUNCTION merge_waiting(batch bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('pg_temp.claim') IS NOT NULL THEN
    DELETE FROM tangled t
     WHERE NOT EXISTS (SELECT FROM claim c
                        WHERE c.waits AND c.holder_id IS NOT NULL AND c.dossier = t.dossier
                          AND c.lineage_id = t.lineage_id);
    IF EXISTS (SELECT FROM tangled) THEN
      PERFORM holder_settle(batch, true);
    END IF;
  END IF;
END $$;

-- Gives each staged record the row that its dossier lies with.
CREATE FUNCTION merge_holders(batch bigint, agencies int[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  columns text := replace(dossier_columns('s.'), 's.batch_id', batch::text);
BEGIN
  IF NOT EXISTS (SELECT FROM agency_kin WHERE agency_id = ANY (agencies)) THEN
    DELETE FROM stage WHERE must_join;
    RETURN;
  END IF;
  CREATE TEMP TABLE mate ON COMMIT DROP AS
    SELECT * FROM kin_holding WHERE agency_id = ANY (agencies);
  CREATE TEMP TABLE tangled ON COMMIT DROP AS
    SELECT a.lineage_id, s.dossier
      FROM stage s JOIN mate m USING (agency_id)
      CROSS JOIN LATERAL (SELECT FROM dossier d
                           WHERE d.agency_id = m.kin_id AND d.dossier = s.dossier OFFSET 0) d
      JOIN agency a ON a.agency_id = s.agency_id
    UNION
    SELECT a.lineage_id, s.dossier
      FROM stage s JOIN agency a USING (agency_id)
     WHERE a.lineage_id IN (SELECT lineage_id FROM agency WHERE agency_id = ANY (agencies)
                             GROUP BY lineage_id HAVING count(*) > 1)
     GROUP BY a.lineage_id, s.dossier HAVING count(DISTINCT s.agency_id) > 1
    UNION
    SELECT a.lineage_id, s.dossier
      FROM stage s JOIN agency a USING (agency_id) WHERE s.must_join
    UNION
    SELECT a.lineage_id, w.dossier
      FROM dossier_waiting w
      JOIN agency_kin k ON k.agency_id = w.agency_id AND k.kin_is_elder
                       AND k.kin_id = ANY (agencies)
      JOIN agency a ON a.agency_id = w.agency_id
     WHERE EXISTS (SELECT FROM dossier d
                    WHERE d.agency_id = k.kin_id AND d.dossier = w.dossier OFFSET 0)
        OR EXISTS (SELECT FROM stage s WHERE s.agency_id = k.kin_id AND s.dossier = w.dossier);
  IF NOT EXISTS (SELECT FROM tangled) THEN
    RETURN;
  END IF;
  ANALYZE tangled;
  PERFORM holder_settle(batch, false);

  INSERT INTO stage_refused
  SELECT c.line, c.named_id, 'agency_not_in_force', 'agency',
         a.code || '@' || extract(year FROM a.valid_from), c.received_day
    FROM claim c JOIN agency a ON a.agency_id = c.named_id
   WHERE c.line IS NOT NULL AND c.holder_id IS NULL;
  EXECUTE format('INSERT INTO dossier_waiting (%1$s) SELECT %2$s '
                 'FROM stage s JOIN stage_refused f USING (line) ORDER BY line ON CONFLICT DO NOTHING',
                 dossier_columns(''), columns);
  DELETE FROM stage s USING stage_refused f WHERE f.line = s.line;
  UPDATE stage s
     SET agency_id = c.holder_id,
         level4 = s.channel = 'online' AND EXISTS (
           SELECT FROM holder_level4 l
            WHERE l.agency_id = c.holder_id AND l.procedure = s.procedure
              AND s.received_day BETWEEN l.first_day AND l.last_day),
         settled_id = CASE WHEN s.status = 'resolved' THEN
           (SELECT h.heir_id FROM agency_heir h
             WHERE h.agency_id = c.holder_id
               AND s.resolved_day BETWEEN h.first_day AND h.last_day) END
    FROM claim c WHERE c.line = s.line AND c.holder_id <> c.named_id;
END $$;
