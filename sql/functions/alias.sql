-- alias.sql -- two codes of one thing.  Intake replaces an alias before the code is used
-- (collector/alias.c); what was stored under it before it was known is joined here.

-- Joins what is stored under the aliases of dossiers in table PAIR (alias, dossier) of an
-- agency with the dossiers themselves: one history, in the order of versions, whose newest
-- is current.  Of two versions of one moment the dossier's own is the newer.
CREATE FUNCTION alias_join_dossiers(agency int) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  joined bigint;
BEGIN
  -- The dossiers that have anything under an alias, each with all its codes.
  CREATE TEMP TABLE code ON COMMIT DROP AS
  SELECT p.alias AS stored, p.dossier FROM pair p
   WHERE EXISTS (SELECT FROM dossier d WHERE d.agency_id = agency AND d.dossier = p.alias);
  GET DIAGNOSTICS joined = ROW_COUNT;
  INSERT INTO code SELECT DISTINCT dossier, dossier FROM code;

  EXECUTE format($sql$
    CREATE TEMP TABLE pool ON COMMIT DROP AS
    SELECT %1$s, NULL::bigint AS replaced_by, %2$s AS to_agency, c.dossier AS to_dossier,
           true AS was_current
      FROM dossier v JOIN code c ON v.agency_id = %2$s AND v.dossier = c.stored
    UNION ALL
    SELECT %1$s, v.replaced_by, %2$s, c.dossier, false
      FROM dossier_history v JOIN code c ON v.agency_id = %2$s AND v.dossier = c.stored
  $sql$, dossier_columns('v.'), agency);
  PERFORM dossier_regroup();
  UPDATE dossier_echo e SET dossier = c.dossier
    FROM code c WHERE e.agency_id = agency AND e.dossier = c.stored AND c.stored <> c.dossier;
  DELETE FROM dossier_named n USING code c WHERE n.agency_id = agency AND n.dossier = c.stored;
  DROP TABLE code;
  RETURN joined;
END $$;

-- Gives what is stored under the aliases of procedures in table PAIR (alias, procedure),
-- of an agency or of all (0), the procedure's code.
CREATE FUNCTION alias_join_procedures(agency int) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  joined bigint;
BEGIN
  CREATE TEMP TABLE gone ON COMMIT DROP AS
  SELECT d.* FROM dossier d JOIN pair p ON p.alias = d.procedure
   WHERE agency = 0 OR d.agency_id = agency;
  GET DIAGNOSTICS joined = ROW_COUNT;
  CREATE TEMP TABLE touched ON COMMIT DROP AS
  SELECT DISTINCT s.agency_id, p.procedure FROM service s JOIN pair p ON p.alias = s.procedure
   WHERE agency = 0 OR s.agency_id = agency;

  -- Where both codes have a row of one day the procedure's own stands.
  INSERT INTO record_history (agency_id, type, key, updated_at, batch_id, replaced_by, record)
  SELECT s.agency_id, 'service', concat_ws('|', s.procedure, s.valid_from), s.updated_at, s.batch_id,
         o.batch_id, to_jsonb(s) - 'batch_id'
    FROM service s JOIN pair p ON p.alias = s.procedure
    JOIN service o ON o.agency_id = s.agency_id AND o.procedure = p.procedure
                  AND o.valid_from = s.valid_from
   WHERE agency = 0 OR s.agency_id = agency;
  DELETE FROM service s USING pair p, service o
   WHERE p.alias = s.procedure AND o.agency_id = s.agency_id AND o.procedure = p.procedure
     AND o.valid_from = s.valid_from AND (agency = 0 OR s.agency_id = agency);
  UPDATE service s SET procedure = p.procedure FROM pair p
   WHERE p.alias = s.procedure AND (agency = 0 OR s.agency_id = agency);
  joined := joined + (SELECT count(*) FROM touched);

  CREATE TEMP TABLE restored ON COMMIT DROP AS SELECT *, -1 AS history_version FROM gone;
  UPDATE restored r SET procedure = p.procedure FROM pair p WHERE p.alias = r.procedure;
  PERFORM restored_apply();
  UPDATE dossier_history h SET procedure = p.procedure FROM pair p
   WHERE p.alias = h.procedure AND (agency = 0 OR h.agency_id = agency);
  PERFORM refresh_level4(array_agg(agency_id), array_agg(procedure)) FROM touched;
  DROP TABLE gone, restored, touched;
  RETURN joined;
END $$;

-- Declares ALIASES of TARGETS, side by side, and joins what is stored under them.  No
-- import is under way meanwhile: it would not know them.
CREATE FUNCTION alias_add(kind text, agency int, aliases text[], targets text[], by_whom text,
                          OUT added bigint, OUT joined bigint)
LANGUAGE plpgsql AS $$
DECLARE
  home text := kind || '_alias';
  wrong text;
BEGIN
  PERFORM pg_advisory_xact_lock(20017, 0);
  CREATE TEMP TABLE pair_given ON COMMIT DROP AS
  SELECT DISTINCT alias, target FROM unnest(aliases, targets) u (alias, target);
  SELECT min(alias) INTO wrong FROM pair_given
   WHERE alias = target OR coalesce(alias, '') = '' OR coalesce(target, '') = '';
  IF wrong IS NOT NULL OR EXISTS (SELECT FROM pair_given WHERE alias IS NULL OR target IS NULL) THEN
    RAISE EXCEPTION 'an alias and a code that differs from it are needed ("%")', coalesce(wrong, '')
      USING ERRCODE = 'P0001';
  END IF;
  SELECT alias INTO wrong FROM pair_given GROUP BY alias HAVING count(*) > 1 ORDER BY alias LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the alias "%" is given for two codes', wrong USING ERRCODE = 'P0001';
  END IF;
  SELECT min(g.alias) INTO wrong FROM pair_given g JOIN pair_given o ON o.target = g.alias;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the code "%" is given both as an alias and as the code of one', wrong
      USING ERRCODE = 'P0001';
  END IF;
  -- Aliases never form a chain: a target that is one stands for its own, and those of a
  -- code that becomes one follow it.
  EXECUTE format($sql$
    UPDATE pair_given g SET target = a.%2$I FROM %1$I a
     WHERE a.agency_id = $1 AND a.alias = g.target
  $sql$, home, kind) USING agency;
  SELECT min(alias) INTO wrong FROM pair_given WHERE alias = target;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the code of the alias "%" is an alias of it already', wrong USING ERRCODE = 'P0001';
  END IF;
  EXECUTE format($sql$
    UPDATE %1$I a SET %2$I = g.target FROM pair_given g
     WHERE a.agency_id = $1 AND a.%2$I = g.alias
  $sql$, home, kind) USING agency;
  EXECUTE format($sql$
    INSERT INTO %1$I AS a (agency_id, alias, %2$I, added_by)
    SELECT $1, alias, target, $2 FROM pair_given
    ON CONFLICT (agency_id, alias) DO UPDATE SET %2$I = excluded.%2$I, added_by = $2,
                                                 added_at = clock_timestamp()
     WHERE a.%2$I <> excluded.%2$I
  $sql$, home, kind) USING agency, by_whom;
  GET DIAGNOSTICS added = ROW_COUNT;

  EXECUTE format('CREATE TEMP TABLE pair ON COMMIT DROP AS SELECT alias, target AS %I FROM pair_given',
                 kind);
  joined := CASE kind WHEN 'dossier' THEN alias_join_dossiers(agency)
                      ELSE alias_join_procedures(agency) END;
  DROP TABLE pair_given, pair;
  IF joined > 0 THEN
    UPDATE store SET catalogue_at = clock_timestamp();
  END IF;
END $$;

-- Takes an alias away; what was joined stays so.
CREATE FUNCTION alias_remove(kind text, agency int, gone text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  found bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(20017, 0);
  EXECUTE format('DELETE FROM %I WHERE agency_id = $1 AND alias = $2', kind || '_alias')
    USING agency, gone;
  GET DIAGNOSTICS found = ROW_COUNT;
  IF found = 0 THEN
    RAISE EXCEPTION 'there is no alias "%"', gone USING ERRCODE = 'no_data_found';
  END IF;
END $$;

-- Dossiers that may be one under two codes: the same agency, procedure, second of receipt
-- and filer or, where none is known, unit.  A hint only: many are filed in one second, and
-- midnight is what a plain date becomes.
CREATE FUNCTION doubles(agency int)
RETURNS TABLE (agency text, procedure text, received_at timestamptz, same text, count bigint,
               dossiers text)
LANGUAGE sql STABLE AS $$
  SELECT a.label, d.procedure, date_trunc('second', d.received_at),
         CASE WHEN d.filer IS NOT NULL THEN 'filer' ELSE 'unit' END, count(*),
         array_to_string((array_agg(d.dossier ORDER BY d.dossier COLLATE "C"))[1:10], ' ')
    FROM dossier d JOIN agency a USING (agency_id)
   WHERE (doubles.agency IS NULL OR d.agency_id = doubles.agency)
     AND d.status <> 'void' AND coalesce(d.filer, d.unit) IS NOT NULL
     AND (d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::time <> '00:00'
   GROUP BY 1, 2, 3, 4, coalesce(d.filer, d.unit)
  HAVING count(*) > 1
   ORDER BY 1, 3, 2, 6
$$;
