-- merge_dossier.sql -- dossiers from the stage into the record of truth, with the
-- effect of taking them one by one in file order (DESIGN 6.3).

-- The place of a version among those of its dossier: updated_at, then status.
CREATE FUNCTION version_order_of(updated_at timestamptz, status dossier_status) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT (extract(epoch FROM updated_at - timestamptz '2000-01-01 00:00:00Z') * 1000000)::bigint * 8
       + CASE status WHEN 'received' THEN 0 WHEN 'processing' THEN 1 WHEN 'supplement' THEN 2
                     WHEN 'refused' THEN 3 WHEN 'withdrawn' THEN 4 WHEN 'resolved' THEN 5
                     ELSE 6 END
$$;

-- Versions that came after newer ones belong to the history as well, once each,
-- whatever the order of arrival.  The current version keeps the highest number.
CREATE FUNCTION merge_stale(batch bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- What the history has already is this batch's as well, should the other be withdrawn.
  INSERT INTO dossier_echo
  SELECT DISTINCT v.agency_id, v.dossier, v.updated_at, v.status, batch
    FROM judged j JOIN version v USING (line)
    JOIN dossier_history h ON h.agency_id = v.agency_id AND h.dossier = v.dossier
                          AND h.updated_at = v.updated_at AND h.status = v.status
   WHERE j.outcome = 'stale' AND h.batch_id <> batch;

  CREATE TEMP TABLE belated ON COMMIT DROP AS
  SELECT v.*, d.version AS current_version, d.batch_id AS current_batch,
         row_number() OVER (PARTITION BY v.agency_id, v.dossier ORDER BY v.version_order) AS step
    FROM (SELECT DISTINCT ON (v.agency_id, v.dossier, v.version_order) v.*
            FROM judged j JOIN version v USING (line)
           WHERE j.outcome = 'stale'
           ORDER BY v.agency_id, v.dossier, v.version_order, v.line) v
    JOIN dossier d USING (agency_id, dossier)
   WHERE NOT EXISTS (SELECT FROM dossier_history h
                      WHERE h.agency_id = v.agency_id AND h.dossier = v.dossier
                        AND h.updated_at = v.updated_at AND h.status = v.status);
  IF NOT EXISTS (SELECT FROM belated) THEN
    RETURN;
  END IF;

  INSERT INTO dossier_history
    (agency_id, dossier, procedure, channel, status, received_at, due_at, resolved_at,
     updated_at, updated_given, unit, sector, applicant_type, one_stop, electronic,
     mobile_signed, identity_verified, business_registry, paid_online, fields_total,
     fields_prefilled, satisfaction, filed_by, filer, received_day, resolved_day, settled_id,
     level4, version, batch_id, replaced_by)
  SELECT agency_id, dossier, procedure, channel, status, received_at, due_at, resolved_at,
         updated_at, updated_given, unit, sector, applicant_type, one_stop, electronic,
         mobile_signed, identity_verified, business_registry, paid_online, fields_total,
         fields_prefilled, satisfaction, filed_by, filer, received_day, resolved_day, settled_id,
         level4, current_version + step - 1, batch, current_batch
    FROM belated;
  UPDATE dossier d SET version = d.version + b.steps
    FROM (SELECT agency_id, dossier, max(step) AS steps FROM belated GROUP BY 1, 2) b
   WHERE d.agency_id = b.agency_id AND d.dossier = b.dossier;
END $$;

-- Judges the records of dossiers that are stored already, or that come several times:
-- table version holds them, with the stored version as line 0.
CREATE FUNCTION merge_repeats(batch bigint) RETURNS merge_counts
LANGUAGE plpgsql AS $$
DECLARE
  counts merge_counts;
BEGIN
  -- The greatest order before each record is the current version's when its turn
  -- comes; the first record of that order is that version.
  CREATE TEMP TABLE judged ON COMMIT DROP AS
  SELECT v.line, v.agency_id, v.dossier, v.version_order, v.before, v.updated_given,
         CASE WHEN v.version_order > v.before THEN 'corrected'
              WHEN v.version_order < v.before THEN
                CASE WHEN v.version_order % 8 = v.before % 8 AND NOT v.updated_given
                     THEN 'conflict' ELSE 'stale' END
              ELSE 'equal' END AS outcome
    FROM (SELECT *, max(version_order) OVER (PARTITION BY agency_id, dossier ORDER BY line
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM version) v
   WHERE v.line > 0;
  ANALYZE judged;

  -- Which version was current, for those that must be compared with it.
  CREATE TEMP TABLE compared ON COMMIT DROP AS
  SELECT j.line, c.line AS current_line
    FROM judged j
    JOIN (SELECT agency_id, dossier, version_order, min(line) AS line
            FROM version GROUP BY agency_id, dossier, version_order) c
      ON c.agency_id = j.agency_id AND c.dossier = j.dossier AND c.version_order = j.before
   WHERE j.outcome IN ('equal', 'conflict');

  ANALYZE compared;
  UPDATE judged j
     SET outcome = CASE WHEN same THEN 'duplicate' ELSE 'conflict' END
    FROM (SELECT n.line,
                 (n.procedure, n.channel, n.status, n.received_at, n.due_at, n.resolved_at,
                  n.updated_at, n.unit, n.sector, n.applicant_type, n.one_stop, n.electronic,
                  n.mobile_signed, n.identity_verified, n.business_registry, n.paid_online,
                  n.fields_total, n.fields_prefilled, n.satisfaction, n.filed_by, n.filer)
                 IS NOT DISTINCT FROM
                 (o.procedure, o.channel, o.status, o.received_at, o.due_at, o.resolved_at,
                  o.updated_at, o.unit, o.sector, o.applicant_type, o.one_stop, o.electronic,
                  o.mobile_signed, o.identity_verified, o.business_registry, o.paid_online,
                  o.fields_total, o.fields_prefilled, o.satisfaction, o.filed_by, o.filer) AS same
            FROM compared c
            JOIN version n ON n.line = c.line
            JOIN version o ON o.line = c.current_line
                          AND o.agency_id = n.agency_id AND o.dossier = n.dossier) x
   WHERE j.line = x.line AND j.outcome = 'equal';

  INSERT INTO dossier_echo
  SELECT DISTINCT v.agency_id, v.dossier, v.updated_at, v.status, batch
    FROM judged j JOIN version v USING (line) JOIN compared c USING (line)
   WHERE j.outcome = 'duplicate' AND c.current_line = 0;

  INSERT INTO stage_refused (line, agency_id, code, field, value, detail)
  SELECT j.line, j.agency_id, 'conflict', d.names[1], d.new_value,
         array_to_string(d.names, ', ')
    FROM judged j
    JOIN compared c ON c.line = j.line
    JOIN version n ON n.line = c.line
    JOIN version o ON o.line = c.current_line
                  AND o.agency_id = n.agency_id AND o.dossier = n.dossier
    CROSS JOIN LATERAL (
      SELECT array_agg(a.key ORDER BY t.attnum) AS names,
             (array_agg(a.value ORDER BY t.attnum))[1] AS new_value
        FROM jsonb_each_text(to_jsonb(n)) a
        JOIN jsonb_each_text(to_jsonb(o)) b USING (key)
        JOIN pg_attribute t ON t.attrelid = 'nq17.dossier'::regclass AND t.attname = key
       WHERE a.value IS DISTINCT FROM b.value
         AND key NOT IN ('agency_id', 'updated_given', 'received_day', 'resolved_day',
                         'settled_id', 'level4', 'version', 'batch_id')) d
   WHERE j.outcome = 'conflict';

  -- The versions that were current one after the other.
  CREATE TEMP TABLE chain ON COMMIT DROP AS
  SELECT v.*, row_number() OVER w AS step,
         v.version_order = max(v.version_order) OVER (PARTITION BY v.agency_id, v.dossier)
           AS is_last
    FROM version v
    LEFT JOIN judged j ON j.line = v.line AND j.outcome = 'corrected'
   WHERE (v.agency_id, v.dossier) IN
           (SELECT agency_id, dossier FROM judged WHERE outcome = 'corrected')
     AND (v.line = 0 OR j.line IS NOT NULL)
  WINDOW w AS (PARTITION BY v.agency_id, v.dossier ORDER BY v.version_order);
  ANALYZE chain (line, agency_id, dossier);
  UPDATE chain c SET version = o.version + c.step - 1
    FROM version o
   WHERE o.line = 0 AND o.agency_id = c.agency_id AND o.dossier = c.dossier AND c.line > 0;

  INSERT INTO dossier_history
    (agency_id, dossier, procedure, channel, status, received_at, due_at, resolved_at,
     updated_at, updated_given, unit, sector, applicant_type, one_stop, electronic,
     mobile_signed, identity_verified, business_registry, paid_online, fields_total,
     fields_prefilled, satisfaction, filed_by, filer, received_day, resolved_day, settled_id,
     level4, version, batch_id, replaced_by)
  SELECT agency_id, dossier, procedure, channel, status, received_at, due_at, resolved_at,
         updated_at, updated_given, unit, sector, applicant_type, one_stop, electronic,
         mobile_signed, identity_verified, business_registry, paid_online, fields_total,
         fields_prefilled, satisfaction, filed_by, filer, received_day, resolved_day, settled_id,
         level4, version, batch_id, batch
    FROM chain WHERE NOT is_last;

  UPDATE dossier d
     SET (procedure, channel, status, received_at, due_at, resolved_at, updated_at,
          updated_given, unit, sector, applicant_type, one_stop, electronic, mobile_signed,
          identity_verified, business_registry, paid_online, fields_total, fields_prefilled,
          satisfaction, filed_by, filer, received_day, resolved_day, settled_id, level4,
          version, batch_id) =
         ROW (c.procedure, c.channel, c.status, c.received_at, c.due_at, c.resolved_at,
          c.updated_at, c.updated_given, c.unit, c.sector, c.applicant_type, c.one_stop,
          c.electronic, c.mobile_signed, c.identity_verified, c.business_registry,
          c.paid_online, c.fields_total, c.fields_prefilled, c.satisfaction, c.filed_by,
          c.filer, c.received_day, c.resolved_day, c.settled_id, c.level4, c.version,
          c.batch_id)
    FROM chain c
   WHERE c.is_last AND d.agency_id = c.agency_id AND d.dossier = c.dossier;

  UPDATE chain SET sign = CASE WHEN line = 0 THEN -1 ELSE 1 END WHERE line = 0 OR is_last;
  DELETE FROM chain WHERE line > 0 AND NOT is_last;
  PERFORM rollup_gather('chain');

  PERFORM merge_stale(batch);

  SELECT 0, count(*) FILTER (WHERE outcome = 'corrected'),
         count(*) FILTER (WHERE outcome = 'duplicate'), count(*) FILTER (WHERE outcome = 'stale')
    INTO counts FROM judged;
  RETURN counts;
END $$;

CREATE FUNCTION merge_dossier(batch bigint, agencies int[]) RETURNS merge_counts
LANGUAGE plpgsql AS $$
DECLARE
  repeats bigint;
  identical bigint := 0;
  fresh bigint;
  counts merge_counts := (0, 0, 0, 0);
BEGIN
  SET LOCAL work_mem = '192MB';
  ANALYZE stage (line, agency_id, dossier);
  PERFORM merge_holders(batch, agencies);

  -- Most records are new; the others are taken out: those whose dossier is stored
  -- already, and all but the first of several of one dossier.  The families are locked,
  -- so nobody else can store one meanwhile.
  CREATE TEMP TABLE version (LIKE stage INCLUDING DEFAULTS) ON COMMIT DROP;
  CREATE TEMP TABLE repeated ON COMMIT DROP AS
  SELECT line, agency_id, dossier, several
    FROM (SELECT line, agency_id, dossier,
                 row_number() OVER (PARTITION BY agency_id, dossier ORDER BY line) AS turn,
                 count(*) OVER (PARTITION BY agency_id, dossier) AS several
            FROM stage) t
   WHERE turn > 1
      OR EXISTS (SELECT FROM dossier d
                  WHERE d.agency_id = t.agency_id AND d.dossier = t.dossier OFFSET 0);
  GET DIAGNOSTICS repeats = ROW_COUNT;
  IF repeats > 0 THEN
    ANALYZE repeated (line, several);
    -- Most of these are what is stored, word for word: a file that came again.
    CREATE TEMP TABLE same ON COMMIT DROP AS
    SELECT s.line, s.agency_id, s.dossier, s.updated_at, s.status
      FROM repeated r JOIN stage s USING (line)
     CROSS JOIN LATERAL (SELECT * FROM dossier d
                          WHERE d.agency_id = r.agency_id AND d.dossier = r.dossier OFFSET 0) d
     WHERE r.several = 1
       AND (s.procedure, s.channel, s.status, s.received_at, s.due_at, s.resolved_at,
            s.updated_at, s.unit, s.sector, s.applicant_type, s.one_stop, s.electronic,
            s.mobile_signed, s.identity_verified, s.business_registry, s.paid_online,
            s.fields_total, s.fields_prefilled, s.satisfaction, s.filed_by, s.filer)
           IS NOT DISTINCT FROM
           (d.procedure, d.channel, d.status, d.received_at, d.due_at, d.resolved_at,
            d.updated_at, d.unit, d.sector, d.applicant_type, d.one_stop, d.electronic,
            d.mobile_signed, d.identity_verified, d.business_registry, d.paid_online,
            d.fields_total, d.fields_prefilled, d.satisfaction, d.filed_by, d.filer);
    GET DIAGNOSTICS identical = ROW_COUNT;
    repeats := repeats - identical;
    INSERT INTO dossier_echo SELECT agency_id, dossier, updated_at, status, batch FROM same;
    INSERT INTO version SELECT s.* FROM stage s JOIN repeated r USING (line)
     WHERE line NOT IN (SELECT line FROM same);
    UPDATE version SET batch_id = batch;
    DELETE FROM stage s USING repeated r WHERE r.line = s.line;
  END IF;

  -- In the order of the key, which keeps the index and the table close together.
  INSERT INTO dossier
    (agency_id, dossier, procedure, channel, status, received_at, due_at, resolved_at,
     updated_at, updated_given, unit, sector, applicant_type, one_stop, electronic,
     mobile_signed, identity_verified, business_registry, paid_online, fields_total,
     fields_prefilled, satisfaction, filed_by, filer, received_day, resolved_day, settled_id,
     level4, batch_id)
  SELECT agency_id, dossier, procedure, channel, status, received_at, due_at, resolved_at,
         updated_at, updated_given, unit, sector, applicant_type, one_stop, electronic,
         mobile_signed, identity_verified, business_registry, paid_online, fields_total,
         fields_prefilled, satisfaction, filed_by, filer, received_day, resolved_day, settled_id,
         level4, batch
    FROM stage ORDER BY agency_id, dossier;
  GET DIAGNOSTICS fresh = ROW_COUNT;
  counts.accepted := fresh;

  PERFORM rollup_gather('stage');
  IF repeats > 0 THEN
    -- Beside them the stored version, as line 0.
    INSERT INTO version
      (line, agency_id, dossier, procedure, channel, status, received_at, due_at, resolved_at,
       updated_at, updated_given, unit, sector, applicant_type, one_stop, electronic,
       mobile_signed, identity_verified, business_registry, paid_online, fields_total,
       fields_prefilled, satisfaction, filed_by, filer, received_day, resolved_day, settled_id,
       level4, version, batch_id, version_order)
    SELECT 0, agency_id, dossier, procedure, channel, status, received_at, due_at, resolved_at,
           updated_at, updated_given, unit, sector, applicant_type, one_stop, electronic,
           mobile_signed, identity_verified, business_registry, paid_online, fields_total,
           fields_prefilled, satisfaction, filed_by, filer, received_day, resolved_day,
           settled_id, level4, version, batch_id, version_order_of(updated_at, status)
      FROM (SELECT DISTINCT agency_id AS a, dossier AS d FROM version) v
     CROSS JOIN LATERAL (SELECT * FROM dossier
                          WHERE agency_id = v.a AND dossier = v.d OFFSET 0) d;
    ANALYZE version (agency_id, dossier, line, version_order);
    SELECT fresh, r.corrected, r.duplicate, r.stale INTO counts FROM merge_repeats(batch) r;
  END IF;
  PERFORM rollup_apply(counts.corrected > 0);
  PERFORM merge_waiting(batch);
  counts.duplicate := counts.duplicate + identical;
  RETURN counts;
END $$;

-- Records of dossiers that were stored before the batch, none of which came earlier in
-- it (table stage_known, filled by C): those that say what is stored, word for word, are
-- duplicates, and counted; the others go to the stage.  Most often it is a file that
-- came again.
CREATE FUNCTION merge_known() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  columns text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
                     FROM pg_attribute
                    WHERE attrelid = 'pg_temp.stage'::regclass AND attnum > 0
                      AND NOT attisdropped);
  same bigint;
BEGIN
  EXECUTE format($sql$
    WITH judged AS MATERIALIZED (
      SELECT k.*,
             NOT k.must_join
             AND (k.procedure, k.channel, k.status, k.received_at, k.due_at, k.resolved_at,
                  k.updated_at, k.unit, k.sector, k.applicant_type, k.one_stop, k.electronic,
                  k.mobile_signed, k.identity_verified, k.business_registry, k.paid_online,
                  k.fields_total, k.fields_prefilled, k.satisfaction, k.filed_by, k.filer)
                 IS NOT DISTINCT FROM
                 (d.procedure, d.channel, d.status, d.received_at, d.due_at, d.resolved_at,
                  d.updated_at, d.unit, d.sector, d.applicant_type, d.one_stop, d.electronic,
                  d.mobile_signed, d.identity_verified, d.business_registry, d.paid_online,
                  d.fields_total, d.fields_prefilled, d.satisfaction, d.filed_by, d.filer)
               AS same
        FROM stage_known k
        LEFT JOIN LATERAL (SELECT * FROM dossier d
                            WHERE d.agency_id = k.agency_id AND d.dossier = k.dossier OFFSET 0) d
               ON true
    ), other AS (
      INSERT INTO stage (%1$s) SELECT %1$s FROM judged WHERE NOT same
    )
    INSERT INTO dossier_echo
    SELECT agency_id, dossier, updated_at, status, batch_id FROM judged WHERE same
  $sql$, columns);
  GET DIAGNOSTICS same = ROW_COUNT;
  TRUNCATE stage_known;
  RETURN same;
END $$;

-- Dossiers that C stored without a lock on their families: if another batch was committed
-- meanwhile, one of them may belong to a dossier that a predecessor or successor holds
-- since.  Then the batch is taken back and begun anew.
CREATE FUNCTION merge_verify(batch bigint, agencies int[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM batch b
              WHERE b.type = 'dossier' AND b.state = 'committed' AND b.accepted > 0
                AND b.batch_id <> merge_verify.batch
                AND b.committed_at >= (SELECT received_at FROM batch o
                                        WHERE o.batch_id = merge_verify.batch))
     AND EXISTS (SELECT FROM kin_holding k
                   JOIN dossier d ON d.agency_id = k.agency_id
                                 AND d.batch_id = merge_verify.batch
                  CROSS JOIN LATERAL (SELECT FROM dossier o
                                       WHERE o.agency_id = k.kin_id AND o.dossier = d.dossier
                                         AND o.batch_id <> merge_verify.batch OFFSET 0) o
                  WHERE k.agency_id = ANY (agencies)) THEN
    RAISE EXCEPTION 'another batch of the same agencies was committed meanwhile'
      USING ERRCODE = 'serialization_failure';
  END IF;
END $$;
