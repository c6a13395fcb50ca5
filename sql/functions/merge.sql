-- merge.sql -- what every record type shares on its way in: locks, batch row,
-- stage, and the choice of the merge.
--
-- Locks, all until the end of the transaction, all of class 20017.  Key 0 guards the
-- registers: shared by whoever reads agencies and services while it imports, exclusive
-- for whoever changes them, and for the first dossiers of all, which decide whether the
-- store is a sample.  The other keys are families of agencies (lineage_id), taken in
-- order just before records are compared, so that two importers never wait for each
-- other in a circle.

CREATE FUNCTION intake_open(type text, file text, agency text,
                            OUT batch_id bigint, OUT received_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
  IF type IN ('agency', 'service')
     OR type = 'dossier' AND NOT EXISTS (SELECT FROM dossier) THEN
    PERFORM pg_advisory_xact_lock(20017, 0);
  ELSE
    PERFORM pg_advisory_xact_lock_shared(20017, 0);
  END IF;
  INSERT INTO batch AS b (type, state, file, agency_id, sha256, received_at)
  VALUES (intake_open.type, 'committed', intake_open.file,
          agency_on(intake_open.agency, (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date),
          '', clock_timestamp())
  RETURNING b.batch_id, b.received_at INTO intake_open.batch_id, intake_open.received_at;
END $$;

-- Takes the families of AGENCIES.
CREATE FUNCTION intake_lock(agencies int[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  family int;
BEGIN
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

-- How many records of a batch came to what; the refused ones are in stage_refused.
CREATE TYPE merge_counts AS (accepted bigint, corrected bigint, duplicate bigint, stale bigint);

-- Merges the stage.  AGENCIES: those that occur in it.
CREATE FUNCTION intake_merge(type text, batch bigint, agencies int[]) RETURNS merge_counts
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM intake_lock(agencies);
  RETURN CASE type
    WHEN 'dossier' THEN merge_dossier(batch, agencies)
    WHEN 'service' THEN merge_service(batch, agencies)
    WHEN 'fact' THEN merge_fact(batch)
    WHEN 'count' THEN merge_count(batch)
    WHEN 'agency' THEN merge_agency(batch)
    WHEN 'task' THEN merge_task(batch)
    WHEN 'milestone' THEN merge_milestone(batch)
    WHEN 'national' THEN merge_national(batch)
  END;
END $$;
