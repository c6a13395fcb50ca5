-- withdraw.sql -- a mistaken batch is taken back: afterwards all figures are those of a
-- store that never had it (docs/trust.md says what that does not cover).

-- Does a published figure rest on BATCH?  On its dossiers where one is settled within the
-- period of a vintage that knew the batch, on records of other types wherever one did.
CREATE FUNCTION batch_is_published(batch bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  periods text[] := ARRAY(SELECT v.period FROM vintage v WHERE v.batches @> batch);
BEGIN
  IF periods = '{}' OR (SELECT b.type FROM batch b WHERE b.batch_id = batch) <> 'dossier' THEN
    RETURN periods <> '{}';
  END IF;
  RETURN EXISTS (
    SELECT FROM (SELECT DISTINCT d.resolved_day AS day FROM settled_version d
                  WHERE d.batch_id = batch) d
      JOIN unnest(periods) p(period) ON period_range(p.period) @> d.day);
END $$;

-- Every version of every dossier that ever came, and what became of it.
CREATE VIEW dossier_version AS
SELECT 'current' AS state, agency_id, dossier, version, status, updated_at, batch_id,
       NULL::bigint AS replaced_by, NULL::text AS cause
  FROM dossier
UNION ALL
SELECT 'replaced', agency_id, dossier, version, status, updated_at, batch_id, replaced_by, NULL
  FROM dossier_history
UNION ALL
SELECT 'withdrawn', agency_id, dossier, version, status, updated_at, batch_id, NULL, w.reason
  FROM dossier_withdrawn JOIN withdrawal w USING (batch_id);

-- The columns of dossier, each behind PREFIX.
CREATE FUNCTION dossier_columns(prefix text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT string_agg(prefix || quote_ident(attname), ', ' ORDER BY attnum)
    FROM pg_attribute
   WHERE attrelid = 'nq17.dossier'::regclass AND attnum > 0 AND NOT attisdropped
$$;

-- Derives anew, for the dossiers in table RESTORED, what registers say: who they count
-- for and the level of their service may have changed since they were replaced.
CREATE FUNCTION restored_derive() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE restored r
     SET settled_id = CASE WHEN status = 'resolved' THEN
           (SELECT h.heir_id FROM agency_heir h
             WHERE h.agency_id = r.agency_id
               AND r.resolved_day BETWEEN h.first_day AND h.last_day) END,
         level4 = channel = 'online' AND EXISTS (
           SELECT FROM holder_level4 l
            WHERE l.agency_id = r.agency_id AND l.procedure = r.procedure
              AND r.received_day BETWEEN l.first_day AND l.last_day);
END $$;

-- Enters the versions in table RESTORED (columns of dossier) in place of those in table GONE,
-- which are out of theirs already, and moves the totals.
CREATE FUNCTION restored_enter() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  columns text := dossier_columns('');
BEGIN
  PERFORM restored_derive();
  EXECUTE format('INSERT INTO dossier (%1$s) SELECT %1$s FROM restored '
                 'ORDER BY agency_id, dossier', columns);
  EXECUTE format('CREATE TEMP TABLE moved ON COMMIT DROP AS '
                 'SELECT %1$s, (-1)::smallint AS sign FROM gone '
                 'UNION ALL SELECT %1$s, 1::smallint FROM restored', columns);
  PERFORM rollup_move('moved', true);
  DROP TABLE moved;
END $$;

-- Makes the versions in table RESTORED (columns of dossier; history_version: the number
-- they have in the history) current in place of those in table GONE, and moves the
-- totals.  A dossier in GONE alone goes.
CREATE FUNCTION restored_apply() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM dossier_history h USING restored r
   WHERE h.agency_id = r.agency_id AND h.dossier = r.dossier AND h.version = r.history_version;
  DELETE FROM dossier d USING gone g WHERE d.agency_id = g.agency_id AND d.dossier = g.dossier;
  PERFORM restored_enter();
END $$;

-- Takes all versions of these dossiers out of their tables, to be entered elsewhere.  The
-- collector, which may delete nothing, has this for those that merge_holder.sql moves.
CREATE FUNCTION dossier_uproot(agencies int[], codes text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM dossier_history h USING unnest(agencies, codes) u (agency_id, dossier)
   WHERE h.agency_id = u.agency_id AND h.dossier = u.dossier;
  DELETE FROM dossier d USING unnest(agencies, codes) u (agency_id, dossier)
   WHERE d.agency_id = u.agency_id AND d.dossier = u.dossier;
END $$;
REVOKE EXECUTE ON FUNCTION dossier_uproot FROM PUBLIC;

-- Deals the versions in table POOL (columns of dossier; replaced_by; was_current: null of what
-- was not stored; to_agency, to_dossier: whose they are from now on, nobody's where null) out
-- anew: of each dossier one history, in the order of versions, whose newest is current.  Of two
-- versions of one moment the dossier's own is the newer.
CREATE FUNCTION dossier_regroup() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  columns text := dossier_columns('');
BEGIN
  CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT * FROM pool WHERE was_current;
  PERFORM dossier_uproot(array_agg(agency_id), array_agg(dossier))
     FROM (SELECT DISTINCT agency_id, dossier FROM pool WHERE was_current IS NOT NULL) p;
  CREATE TEMP TABLE ranked ON COMMIT DROP AS
  SELECT p.*, row_number() OVER w AS place, count(*) OVER (PARTITION BY to_agency, to_dossier) AS places,
         last_value(batch_id) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
           AS newest_batch
    FROM pool p WHERE to_agency IS NOT NULL
  WINDOW w AS (PARTITION BY to_agency, to_dossier
               ORDER BY version_order_of(updated_at, status),
                        (agency_id, dossier) = (to_agency, to_dossier), batch_id, version);
  UPDATE ranked SET agency_id = to_agency, dossier = to_dossier, version = place,
                    replaced_by = coalesce(replaced_by, newest_batch);
  EXECUTE format('INSERT INTO dossier_history (%1$s, replaced_by) SELECT %1$s, replaced_by '
                 'FROM ranked WHERE place < places', columns);
  EXECUTE format('CREATE TEMP TABLE restored ON COMMIT DROP AS SELECT %1$s '
                 'FROM ranked WHERE place = places', columns);
  PERFORM restored_enter();
  DROP TABLE pool, gone, ranked, restored;
END $$;

-- Takes the dossiers of BATCH back.
CREATE FUNCTION withdraw_dossiers(batch bigint, OUT removed bigint, OUT restored bigint,
                                  OUT kept bigint)
LANGUAGE plpgsql AS $$
DECLARE
  columns text := dossier_columns('');
BEGIN
  SET LOCAL work_mem = '192MB';
  EXECUTE format($sql$
    CREATE TEMP TABLE lost ON COMMIT DROP AS
    SELECT %1$s, true AS was_current FROM dossier WHERE batch_id = %2$s
    UNION ALL
    SELECT %1$s, false FROM dossier_history WHERE batch_id = %2$s
  $sql$, columns, batch);
  ANALYZE lost (agency_id, dossier, was_current);

  -- What another batch brought as well is that batch's from now on.
  DELETE FROM dossier_echo WHERE batch_id = batch;
  CREATE TEMP TABLE adopted ON COMMIT DROP AS
  SELECT DISTINCT ON (l.agency_id, l.dossier, l.version)
         l.agency_id, l.dossier, l.version, l.was_current, e.batch_id, e.ctid AS echo
    FROM lost l JOIN dossier_echo e USING (agency_id, dossier, updated_at, status)
   ORDER BY l.agency_id, l.dossier, l.version, e.batch_id;
  GET DIAGNOSTICS kept = ROW_COUNT;
  IF kept > 0 THEN
    UPDATE dossier d SET batch_id = a.batch_id FROM adopted a
     WHERE a.was_current AND d.agency_id = a.agency_id AND d.dossier = a.dossier;
    UPDATE dossier_history h SET batch_id = a.batch_id FROM adopted a
     WHERE h.agency_id = a.agency_id AND h.dossier = a.dossier AND h.version = a.version;
    DELETE FROM dossier_echo e USING adopted a WHERE e.ctid = a.echo;
    UPDATE dossier_history h SET replaced_by = a.batch_id FROM adopted a
     WHERE a.was_current AND h.replaced_by = batch
       AND h.agency_id = a.agency_id AND h.dossier = a.dossier;
    DELETE FROM lost l USING adopted a
     WHERE l.agency_id = a.agency_id AND l.dossier = a.dossier AND l.version = a.version;
  END IF;

  EXECUTE format('INSERT INTO dossier_withdrawn (%1$s, was_current) '
                 'SELECT %1$s, was_current FROM lost', columns);
  DELETE FROM dossier_history h USING lost l
   WHERE NOT l.was_current AND h.agency_id = l.agency_id AND h.dossier = l.dossier
     AND h.version = l.version;

  -- The newest version that is left holds again, the first to come of several.  It takes
  -- the number of the one that goes, the highest.
  CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT * FROM lost WHERE was_current;
  ANALYZE gone (agency_id, dossier);
  CREATE TEMP TABLE restored ON COMMIT DROP AS
  SELECT DISTINCT ON (h.agency_id, h.dossier) h.*, h.version AS history_version
    FROM gone g JOIN dossier_history h USING (agency_id, dossier)
   ORDER BY h.agency_id, h.dossier, version_order_of(h.updated_at, h.status) DESC, h.batch_id;
  GET DIAGNOSTICS restored = ROW_COUNT;
  UPDATE restored r SET version = g.version FROM gone g
   WHERE g.agency_id = r.agency_id AND g.dossier = r.dossier;
  PERFORM restored_apply();

  -- What the batch had replaced is replaced by what holds instead.
  UPDATE dossier_history h SET replaced_by = d.batch_id
    FROM lost l JOIN dossier d USING (agency_id, dossier)
   WHERE h.replaced_by = batch AND h.agency_id = l.agency_id AND h.dossier = l.dossier;
  removed := (SELECT count(*) FROM lost) - restored;

  -- Without it another row may be who received what is left.
  DELETE FROM dossier_waiting w WHERE w.batch_id = batch;
  CREATE TEMP TABLE tangled ON COMMIT DROP AS
  SELECT DISTINCT a.lineage_id, l.dossier
    FROM lost l JOIN agency a USING (agency_id) JOIN agency f USING (lineage_id)
   CROSS JOIN LATERAL (SELECT FROM dossier d WHERE d.agency_id = f.agency_id
                                               AND d.dossier = l.dossier OFFSET 0) d
   WHERE EXISTS (SELECT FROM agency_kin k WHERE k.agency_id = l.agency_id);
  DROP TABLE lost, adopted, gone, restored;
  IF EXISTS (SELECT FROM tangled) THEN
    PERFORM holder_settle(batch, true);
  END IF;
END $$;

-- The table of a type that is kept by merge_keyed(), and its key.
CREATE FUNCTION record_home(type text, OUT home text, OUT keys text[])
LANGUAGE sql IMMUTABLE AS $$
  SELECT h.home, h.keys::text[]
    FROM (VALUES ('service', 'service', '{agency_id,procedure,valid_from}'),
                 ('fact', 'fact', '{agency_id,fact,item,valid_from}'),
                 ('count', 'reported_count', '{agency_id,measure,period,breakdown}'),
                 ('task', 'task', '{task}'),
                 ('milestone', 'milestone', '{agency_id,task,year}'),
                 ('national', 'national', '{series,country,year}')) h(type, home, keys)
   WHERE h.type = record_home.type
$$;

-- Takes the records of BATCH, of a type that merge_keyed() keeps, back.
CREATE FUNCTION withdraw_keyed(batch bigint, type text, OUT removed bigint, OUT restored bigint,
                               OUT kept bigint)
LANGUAGE plpgsql AS $$
DECLARE
  home text;
  keys text[];
  key_list text;
  parts text;
  agency text;
BEGIN
  SELECT h.home, h.keys INTO home, keys FROM record_home(type) h;
  agency := CASE WHEN 'agency_id' = ANY (keys) THEN 'agency_id' ELSE '0' END;
  SELECT string_agg(quote_ident(k), ', ' ORDER BY n),
         string_agg(format('%I::text', k), ', ' ORDER BY n) FILTER (WHERE k <> 'agency_id')
    INTO key_list, parts FROM unnest(keys) WITH ORDINALITY u (k, n);

  -- Every record of a key that the batch had a hand in, however it is kept.
  EXECUTE format($sql$
    CREATE TEMP TABLE known ON COMMIT DROP AS
    SELECT * FROM (
      SELECT %1$s AS owner, concat_ws('|', %2$s) AS name,
             coalesce(updated_at, '-infinity') AS at, batch_id, 'current' AS place,
             to_jsonb(t) - 'batch_id' AS record
        FROM nq17.%3$I t
      UNION ALL
      SELECT agency_id, key, updated_at, batch_id, 'history', record
        FROM record_history WHERE type = %4$L
      UNION ALL
      SELECT agency_id, key, updated_at, batch_id, 'echo', record
        FROM record_echo WHERE type = %4$L) k
     WHERE (owner, name) IN (
      SELECT %1$s, concat_ws('|', %2$s) FROM nq17.%3$I WHERE batch_id = %5$s
      UNION SELECT agency_id, key FROM record_history WHERE type = %4$L AND batch_id = %5$s
      UNION SELECT agency_id, key FROM record_echo WHERE type = %4$L AND batch_id = %5$s)
  $sql$, agency, parts, home, type, batch);

  IF type = 'task' AND EXISTS (SELECT FROM milestone m JOIN task t USING (task)
                                WHERE t.batch_id = batch) THEN
    RAISE EXCEPTION 'batch %: milestones rest on the tasks that it added; withdraw the batches of these first', batch
      USING ERRCODE = 'P0001';
  END IF;
  DELETE FROM record_echo e WHERE e.batch_id = batch AND e.type = withdraw_keyed.type;
  DELETE FROM record_history h WHERE h.batch_id = batch AND h.type = withdraw_keyed.type;
  INSERT INTO record_withdrawn (agency_id, type, key, updated_at, batch_id, was_current, record)
  SELECT owner, withdraw_keyed.type, name, at, batch_id, place = 'current', record
    FROM known WHERE batch_id = batch AND place <> 'echo';
  GET DIAGNOSTICS removed = ROW_COUNT;

  -- The newest of what is left; the first to come of several.
  CREATE TEMP TABLE restored ON COMMIT DROP AS
  SELECT DISTINCT ON (k.owner, k.name) k.*,
         k.record = g.record AS same
    FROM known k JOIN known g ON g.owner = k.owner AND g.name = k.name
                             AND g.place = 'current' AND g.batch_id = batch
   WHERE k.batch_id IS DISTINCT FROM batch
   ORDER BY k.owner, k.name, k.at DESC, k.batch_id NULLS FIRST;
  SELECT count(*) FILTER (WHERE same), count(*) FILTER (WHERE NOT same)
    INTO kept, restored FROM restored;
  removed := removed - kept - restored;
  DELETE FROM record_withdrawn w USING restored r
   WHERE r.same AND w.batch_id = batch AND w.type = withdraw_keyed.type
     AND w.agency_id = r.owner AND w.key = r.name AND w.was_current;
  DELETE FROM record_history h USING restored r
   WHERE r.place = 'history' AND h.type = withdraw_keyed.type AND h.agency_id = r.owner
     AND h.key = r.name AND h.updated_at = r.at AND h.batch_id IS NOT DISTINCT FROM r.batch_id;
  DELETE FROM record_echo e USING restored r
   WHERE r.place = 'echo' AND e.type = withdraw_keyed.type AND e.agency_id = r.owner
     AND e.key = r.name AND e.updated_at = r.at AND e.batch_id = r.batch_id;
  -- One row per key, so what stood there goes first.
  EXECUTE format($sql$
    DELETE FROM nq17.%1$I t
     WHERE t.batch_id = %2$s
       AND NOT EXISTS (SELECT FROM restored r
                        WHERE r.owner = %3$s AND r.name = concat_ws('|', %4$s))
  $sql$, home, batch, agency, parts);
  EXECUTE format($sql$
    INSERT INTO nq17.%1$I
    SELECT t.* FROM restored r
     CROSS JOIN LATERAL jsonb_populate_record(NULL::nq17.%1$I,
       r.record || jsonb_build_object('batch_id', r.batch_id)) t
    ON CONFLICT (%2$s) DO UPDATE SET %3$s
  $sql$, home, key_list,
    (SELECT string_agg(format('%1$I = excluded.%1$I', attname), ', ' ORDER BY attnum)
       FROM pg_attribute
      WHERE attrelid = format('nq17.%I', home)::regclass AND attnum > 0 AND NOT attisdropped
        AND attname <> ALL (keys)));
  UPDATE record_history h SET replaced_by = k.batch_id
    FROM (SELECT owner, name, max(batch_id) AS batch_id FROM known
           WHERE batch_id <> batch GROUP BY owner, name) k
   WHERE h.replaced_by = batch AND h.type = withdraw_keyed.type
     AND h.agency_id = k.owner AND h.key = k.name;

  IF type = 'service' THEN
    PERFORM refresh_level4(array_agg(owner), array_agg(record ->> 'procedure')) FROM known;
  END IF;
  DROP TABLE known, restored;
END $$;

-- Takes rows of the register back, if nothing rests on them.
CREATE FUNCTION withdraw_agencies(batch bigint, OUT removed bigint, OUT restored bigint,
                                  OUT kept bigint)
LANGUAGE plpgsql AS $$
DECLARE
  added int[] := ARRAY(SELECT agency_id FROM agency WHERE source = 'batch ' || batch);
  used text;
BEGIN
  SELECT string_agg(label, ', ' ORDER BY label COLLATE "C") INTO used
    FROM agency a
   WHERE agency_id = ANY (added)
     AND (EXISTS (SELECT FROM dossier d WHERE d.agency_id = a.agency_id)
       OR EXISTS (SELECT FROM dossier_waiting d WHERE d.agency_id = a.agency_id)
       OR EXISTS (SELECT FROM dossier_history d WHERE d.agency_id = a.agency_id)
       OR EXISTS (SELECT FROM service s WHERE s.agency_id = a.agency_id)
       OR EXISTS (SELECT FROM fact f WHERE f.agency_id = a.agency_id)
       OR EXISTS (SELECT FROM reported_count c WHERE c.agency_id = a.agency_id)
       OR EXISTS (SELECT FROM milestone m WHERE m.agency_id = a.agency_id));
  IF used IS NOT NULL THEN
    RAISE EXCEPTION 'batch %: records rest on the agencies % that it added; withdraw the batches of these first', batch, used
      USING ERRCODE = 'P0001';
  END IF;
  INSERT INTO record_withdrawn (agency_id, type, key, updated_at, batch_id, was_current, record)
  SELECT agency_id, 'agency', label, '-infinity', batch, true, to_jsonb(a)
    FROM agency a WHERE agency_id = ANY (added);
  DELETE FROM agency_identifier WHERE agency_id = ANY (added);
  DELETE FROM agency_heir WHERE agency_id = ANY (added) OR heir_id = ANY (added);
  UPDATE agency SET successor_id = NULL WHERE successor_id = ANY (added);
  DELETE FROM agency WHERE agency_id = ANY (added);
  PERFORM refresh_lineage();
  PERFORM merge_resettle();
  removed := cardinality(added);
  restored := 0;
  kept := 0;
END $$;

-- The agencies whose records BATCH had a hand in.
CREATE FUNCTION batch_agencies(batch bigint, type text) RETURNS int[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  home text := (SELECT h.home FROM record_home(type) h WHERE 'agency_id' = ANY (h.keys));
  found int[];
BEGIN
  IF type = 'dossier' THEN
    RETURN ARRAY(SELECT agency_id FROM dossier WHERE batch_id = batch
                 UNION SELECT agency_id FROM dossier_history WHERE batch_id = batch
                 UNION SELECT agency_id FROM dossier_echo WHERE batch_id = batch);
  ELSIF home IS NULL THEN
    RETURN '{0}';
  END IF;
  EXECUTE format('SELECT array_agg(DISTINCT agency_id) FROM ('
                 'SELECT agency_id FROM nq17.%I WHERE batch_id = $1 UNION ALL '
                 'SELECT agency_id FROM record_history WHERE batch_id = $1 UNION ALL '
                 'SELECT agency_id FROM record_echo WHERE batch_id = $1) x', home)
    INTO found USING batch;
  RETURN coalesce(found, '{}');
END $$;

-- Takes BATCH back, whose row is locked and whose withdrawal is noted.
CREATE FUNCTION withdraw_now(batch bigint, type text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  counts record;
BEGIN
  IF type IN ('agency', 'service') THEN
    PERFORM pg_advisory_xact_lock(20017, 0);
  ELSE
    PERFORM pg_advisory_xact_lock_shared(20017, 0);
  END IF;
  PERFORM intake_lock(batch_agencies(batch, type));
  IF type = 'dossier' THEN
    SELECT * INTO counts FROM withdraw_dossiers(batch);
  ELSIF type = 'agency' THEN
    SELECT * INTO counts FROM withdraw_agencies(batch);
  ELSE
    SELECT * INTO counts FROM withdraw_keyed(batch, type);
  END IF;
  DELETE FROM event_seen WHERE batch_id = batch;
  -- What it had settled waits again.
  UPDATE quarantine SET settled_by = NULL, settled_as = NULL WHERE settled_by = batch;
  UPDATE quarantine SET settled_by = batch, settled_as = 'withdrawn'
   WHERE batch_id = batch AND settled_by IS NULL;
  UPDATE withdrawal w
     SET withdrawn_at = clock_timestamp(), removed = counts.removed, restored = counts.restored,
         kept = counts.kept, delivery = (SELECT b.delivery FROM batch b WHERE b.batch_id = batch)
   WHERE w.batch_id = batch;
  UPDATE batch b SET state = 'withdrawn', delivery = NULL WHERE b.batch_id = batch;
  UPDATE store SET catalogue_at = clock_timestamp();
END $$;

-- The row of a batch that may be withdrawn, locked; raises what stands against it.
CREATE FUNCTION withdraw_open(batch bigint, OUT type text, OUT waits withdrawal)
LANGUAGE plpgsql AS $$
DECLARE
  b batch;
BEGIN
  SELECT x.* INTO b FROM batch x WHERE x.batch_id = batch FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no batch %', batch USING ERRCODE = 'no_data_found';
  END IF;
  SELECT w.* INTO waits FROM withdrawal w WHERE w.batch_id = batch;
  IF b.state = 'refused' THEN
    RAISE EXCEPTION 'batch % was refused whole: nothing of it is stored', batch
      USING ERRCODE = 'P0001';
  ELSIF b.state = 'withdrawn' THEN
    RAISE EXCEPTION 'batch % was withdrawn already, on % by %: %', batch,
      to_char(waits.withdrawn_at, 'YYYY-MM-DD HH24:MI'), waits.requested_by, waits.reason
      USING ERRCODE = 'P0001';
  END IF;
  type := b.type;
END $$;

-- Withdraws BATCH, or notes the request where a second person must agree.
CREATE FUNCTION batch_withdraw(batch bigint, reason text, by_whom text) RETURNS withdrawal
LANGUAGE plpgsql AS $$
DECLARE
  opened record;
  noted withdrawal;
BEGIN
  SELECT * INTO opened FROM withdraw_open(batch);
  IF (opened.waits).batch_id IS NOT NULL THEN
    RAISE EXCEPTION 'the withdrawal of batch % was requested already by %; it waits for the approval of somebody else', batch, (opened.waits).requested_by
      USING ERRCODE = 'P0001';
  END IF;
  INSERT INTO withdrawal (batch_id, reason, requested_by)
  VALUES (batch, office_said(reason, 'a reason'), office_said(by_whom, 'the name of who asks for it'));
  IF NOT batch_is_published(batch) THEN
    PERFORM withdraw_now(batch, opened.type);
  END IF;
  SELECT w.* INTO noted FROM withdrawal w WHERE w.batch_id = batch;
  RETURN noted;
END $$;

-- The second person agrees.
CREATE FUNCTION batch_approve(batch bigint, by_whom text) RETURNS withdrawal
LANGUAGE plpgsql AS $$
DECLARE
  opened record;
  noted withdrawal;
BEGIN
  SELECT * INTO opened FROM withdraw_open(batch);
  IF (opened.waits).batch_id IS NULL THEN
    RAISE EXCEPTION 'nobody has requested to withdraw batch %', batch USING ERRCODE = 'P0001';
  ELSIF one_person((opened.waits).requested_by, by_whom) THEN
    RAISE EXCEPTION 'batch % stands in a published figure: somebody else than % must approve', batch, by_whom
      USING ERRCODE = 'P0001';
  END IF;
  UPDATE withdrawal w SET approved_by = office_said(by_whom, 'the name of who approves') WHERE w.batch_id = batch;
  PERFORM withdraw_now(batch, opened.type);
  SELECT w.* INTO noted FROM withdrawal w WHERE w.batch_id = batch;
  RETURN noted;
END $$;
