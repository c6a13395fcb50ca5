-- merge.sql -- what every record type shares on its way in: locks, batch row,
-- stage, and the choice of the merge.
--
-- Locks, all until the end of the transaction, all of class 20017.  Key 0 guards the
-- registers: shared by whoever reads agencies and services while it imports, exclusive
-- for whoever changes them, and for the first records of all but dossiers, which decide
-- whether the store is a sample (dossiers: intake_decide).  The keys from 1 on are
-- families of agencies (lineage_id), taken in order just before records are compared, so
-- that two importers never wait for each other in a circle.  New dossiers are stored
-- before that, without a lock: their key in the table decides between two importers, and
-- merge_verify() what it cannot.  An importer that PostgreSQL ends to break a circle
-- begins anew.

CREATE FUNCTION intake_open(type text, file text, agency text, delivery text, way text,
                            OUT batch_id bigint, OUT received_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
  IF type IN ('agency', 'service')
     OR type <> 'dossier' AND type = ANY (record_types()) AND NOT has_records() THEN
    PERFORM pg_advisory_xact_lock(20017, 0);
  ELSE
    PERFORM pg_advisory_xact_lock_shared(20017, 0);
  END IF;
  INSERT INTO batch AS b (type, state, file, delivery, way, agency_id, sha256, received_at)
  VALUES (intake_open.type, 'committed', intake_open.file, intake_open.delivery, intake_open.way,
          agency_on(intake_open.agency, (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date),
          '', clock_timestamp())
  RETURNING b.batch_id, b.received_at INTO intake_open.batch_id, intake_open.received_at;
END $$;

-- Takes the families of AGENCIES; what belongs to none (agency 0: tasks, series of
-- countries, the nation's totals) counts as one more.
CREATE FUNCTION intake_lock(agencies int[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  family int;
BEGIN
  IF 0 = ANY (agencies) THEN
    PERFORM pg_advisory_xact_lock(20017, -1);
  END IF;
  FOR family IN SELECT DISTINCT lineage_id FROM agency
                 WHERE agency_id = ANY (agencies) ORDER BY lineage_id LOOP
    PERFORM pg_advisory_xact_lock(20017, family);
  END LOOP;
END $$;

-- The table that C copies checked records into, and the one for what the merge
-- refuses.  The stage has the columns of the type's table, none of them required, and
-- what cannot be copied as it is, as text.
CREATE FUNCTION intake_stage(type text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  home text := CASE type WHEN 'count' THEN 'reported_count' ELSE type END;
  name text;
BEGIN
  EXECUTE format('CREATE TEMP TABLE stage (line bigint, LIKE nq17.%I INCLUDING DEFAULTS) '
                 'ON COMMIT DROP', home);
  FOR name IN SELECT attname FROM pg_attribute
               WHERE attrelid = 'pg_temp.stage'::regclass AND attnum > 0 AND attnotnull LOOP
    EXECUTE format('ALTER TABLE pg_temp.stage ALTER COLUMN %I DROP NOT NULL', name);
  END LOOP;
  IF type <> 'dossier' THEN
    ALTER TABLE pg_temp.stage ADD updated_given boolean;
  END IF;
  CASE type
    WHEN 'dossier' THEN
      ALTER TABLE pg_temp.stage ADD sign smallint NOT NULL DEFAULT 1,
        ADD must_join boolean, ADD version_order bigint;
      CREATE TEMP TABLE stage_known (LIKE pg_temp.stage INCLUDING DEFAULTS) ON COMMIT DROP;
      PERFORM rollup_open();
    WHEN 'agency' THEN
      ALTER TABLE pg_temp.stage ADD updated_at timestamptz, ADD identifiers text;
    WHEN 'task' THEN
      ALTER TABLE pg_temp.stage ADD each_kinds text;
    WHEN 'national' THEN
      ALTER TABLE pg_temp.stage ADD value_text text;
    ELSE NULL;
  END CASE;
  CREATE TEMP TABLE stage_refused (line bigint NOT NULL, agency_id int NOT NULL,
    code text NOT NULL, field text, value text, detail text) ON COMMIT DROP;
END $$;

-- The types that make a store one of real records, or of samples.
CREATE FUNCTION record_types() RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$ SELECT '{dossier,service,fact,count,milestone}'::text[] $$;

-- Has the store taken any record yet?
CREATE FUNCTION has_records() RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM batch WHERE state = 'committed' AND accepted + corrected > 0
                                     AND type = ANY (record_types()))
$$;

-- May sample dossiers come into the store?  Asked for the first dossier of a batch, SAMPLE
-- if that is one: in an empty store it decides for all.  Until the end of the transaction
-- the shared lock -2 says that samples come first, -3 that real records do.
CREATE FUNCTION intake_decide(sample boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(20017, CASE WHEN sample THEN -2 ELSE -3 END);
  IF (SELECT s.sample FROM store s) THEN
    RETURN true;
  ELSIF has_records() THEN
    RETURN false;
  ELSIF EXISTS (SELECT FROM pg_locks
                  WHERE locktype = 'advisory' AND classid = 20017
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND objid = (CASE WHEN sample THEN -3 ELSE -2 END)::oid
                    AND pid <> pg_backend_pid()) THEN
    RAISE EXCEPTION 'the first records of the store, samples and real ones, come at the same time'
      USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN sample;
END $$;

-- Refuses sample records in a store of real ones, or marks an empty store as a sample.
-- A sample dossier is known by its code (C looks at those), any other sample record by
-- its evidence.
CREATE FUNCTION merge_sample() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  first_sample bigint;
  first_real bigint;
BEGIN
  IF (SELECT sample FROM store) THEN
    RETURN;
  END IF;
  SELECT min(line) FILTER (WHERE sample), min(line) FILTER (WHERE sample IS NOT TRUE)
    INTO first_sample, first_real
    FROM (SELECT line, evidence_url LIKE 'sample:%' AS sample FROM stage) s;
  IF first_sample IS NULL THEN
    RETURN;
  END IF;
  IF has_records() OR first_real < first_sample THEN
    WITH taken AS (
      DELETE FROM stage WHERE evidence_url LIKE 'sample:%'
      RETURNING line, agency_id, evidence_url
    )
    INSERT INTO stage_refused (line, agency_id, code, field, value)
    SELECT line, agency_id, 'sample_in_real_store', 'evidence_url', evidence_url FROM taken;
  ELSE
    UPDATE store SET sample = true WHERE NOT sample;
  END IF;
END $$;

-- Refuses names and codes that reports print with a letter their typeface lacks: a report is
-- whole or it is not made, and one name would keep it from everybody.
CREATE FUNCTION merge_letters(type text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  own text;
BEGIN
  FOREACH own IN ARRAY CASE type WHEN 'service' THEN '{procedure,name_vi,name_en}'
                                 WHEN 'agency' THEN '{code,name_vi,name_en}'
                                 WHEN 'task' THEN '{task,name_vi,name_en}' ELSE '{}' END::text[] LOOP
    EXECUTE format($sql$
      WITH taken AS (
        DELETE FROM stage s WHERE typeface_lacks(s.%1$I) IS NOT NULL RETURNING s.line, %2$s AS agency_id, s.%1$I AS value
      )
      INSERT INTO stage_refused (line, agency_id, code, field, value, detail)
      SELECT line, agency_id, 'bad_letter', %1$L, value, typeface_lacks(value) FROM taken
    $sql$, own, CASE type WHEN 'service' THEN 's.agency_id' ELSE '0' END);
  END LOOP;
END $$;

-- The stage of a file of CloudEvents knows its events; those of records that were
-- refused already are beside it.
CREATE FUNCTION intake_stage_events() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  ALTER TABLE pg_temp.stage ADD event_source text, ADD event_id text;
  CREATE TEMP TABLE event_refused (line bigint, source text, id text) ON COMMIT DROP;
  CREATE TEMP TABLE event_again (line bigint, refused boolean) ON COMMIT DROP;
END $$;

-- Takes events that were taken before, or earlier in the file, out of the stage,
-- whatever they say now, and answers how many there are; event_again has their lines.
CREATE FUNCTION merge_events() RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  CREATE TEMP TABLE event ON COMMIT DROP AS
  SELECT line, coalesce((to_jsonb(s) ->> 'agency_id')::int, 0) AS agency_id,
         event_source AS source, event_id AS id, false AS refused
    FROM stage s WHERE event_id IS NOT NULL
  UNION ALL
  SELECT line, 0, source, id, true FROM event_refused;
  INSERT INTO event_again
  SELECT line, refused
    FROM (SELECT line, refused, source, id,
                 bool_or(NOT refused) OVER (PARTITION BY source, id ORDER BY line
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS in_file
            FROM event) e
   WHERE in_file
      OR EXISTS (SELECT FROM event_seen s WHERE s.source = e.source AND s.id = e.id);
  DELETE FROM stage s USING event_again a WHERE a.line = s.line;
  DELETE FROM event e USING event_again a WHERE a.line = e.line;
  RETURN (SELECT count(*) FROM event_again);
END $$;

-- How many records of a batch came to what; the refused ones are in stage_refused.
CREATE TYPE merge_counts AS (accepted bigint, corrected bigint, duplicate bigint, stale bigint);

-- Merges the stage.  AGENCIES: those that occur in it.
CREATE FUNCTION intake_merge(type text, batch bigint, agencies int[]) RETURNS merge_counts
LANGUAGE plpgsql AS $$
DECLARE
  has_events boolean := to_regclass('pg_temp.event_refused') IS NOT NULL;
  again bigint := 0;
  counts merge_counts;
BEGIN
  PERFORM intake_lock(agencies);
  IF type = 'dossier' THEN
    PERFORM merge_verify(batch, agencies);
  END IF;
  IF has_events THEN
    again := merge_events();
  END IF;
  IF type <> 'dossier' AND type = ANY (record_types()) THEN
    PERFORM merge_sample();
  END IF;
  PERFORM merge_letters(type);
  counts := CASE type
    WHEN 'dossier' THEN merge_dossier(batch, agencies)
    WHEN 'service' THEN merge_service(batch, agencies)
    WHEN 'fact' THEN merge_fact(batch)
    WHEN 'count' THEN merge_count(batch)
    WHEN 'agency' THEN merge_agency(batch)
    WHEN 'task' THEN merge_task(batch)
    WHEN 'milestone' THEN merge_milestone(batch)
    WHEN 'national' THEN merge_national(batch)
  END;
  IF has_events THEN
    INSERT INTO event_seen (agency_id, source, id, batch_id)
    SELECT agency_id, source, id, batch FROM event e
     WHERE NOT refused AND NOT EXISTS (SELECT FROM stage_refused f WHERE f.line = e.line);
  END IF;
  counts.duplicate := counts.duplicate + again;
  PERFORM intake_note(type, batch, agencies);
  RETURN counts;
END $$;
