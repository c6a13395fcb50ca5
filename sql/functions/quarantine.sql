-- quarantine.sql -- refused records until they are mended.

-- A record that was refused and is current now, by BATCH, is settled: the same agency and
-- dossier, or the same dossier of an agency that was not known, or not in force, when it
-- came, or of the agency that had sent it in another's name.  Asked only where something waits.
CREATE FUNCTION quarantine_settle(batch bigint, agencies int[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM quarantine WHERE settled_by IS NULL AND agency_id = ANY (agencies)) THEN
    UPDATE quarantine q SET settled_by = batch, settled_as = 'accepted'
      FROM dossier d
     WHERE q.settled_by IS NULL AND q.agency_id = ANY (agencies) AND d.batch_id = batch
       AND d.agency_id = q.agency_id AND d.dossier = q.dossier
       AND EXISTS (SELECT FROM batch b WHERE b.batch_id = q.batch_id AND b.type = 'dossier');
  END IF;
  IF EXISTS (SELECT FROM quarantine WHERE settled_by IS NULL AND agency_id = 0
                                      AND code IN ('unknown_agency', 'agency_not_in_force')) THEN
    UPDATE quarantine q SET settled_by = batch, settled_as = 'accepted'
      FROM dossier d
     WHERE q.settled_by IS NULL AND q.agency_id = 0 AND d.batch_id = batch
       AND q.code IN ('unknown_agency', 'agency_not_in_force') AND d.dossier = q.dossier
       AND EXISTS (SELECT FROM agency_name n WHERE n.name = q.value AND n.agency_id = d.agency_id)
       AND EXISTS (SELECT FROM batch b WHERE b.batch_id = q.batch_id AND b.type = 'dossier');
  END IF;
  IF EXISTS (SELECT FROM quarantine WHERE settled_by IS NULL AND code = 'agency_not_yours') THEN
    UPDATE quarantine q SET settled_by = batch, settled_as = 'accepted'
      FROM dossier d, batch b
     WHERE q.settled_by IS NULL AND q.code = 'agency_not_yours' AND d.batch_id = batch
       AND d.dossier = q.dossier AND b.batch_id = q.batch_id AND b.type = 'dossier'
       -- the name of a delivery over HTTP begins with its agency (web/upload.c)
       AND substring(b.delivery FROM '^h(\d{1,9})-')::int = d.agency_id;
  END IF;
END $$;

-- The same for the other types: a key of KEYS, besides the agency, is that of a record which is
-- current now, by BATCH.  Of a yearly task the year tells instances apart, of others nothing.
CREATE FUNCTION quarantine_settle_keyed(type text, batch bigint, agencies int[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  strange CONSTANT text[] := '{unknown_agency,agency_not_in_force,agency_not_yours}';
  home text := CASE type WHEN 'count' THEN 'reported_count' ELSE type END;
  owner text := CASE WHEN type IN ('task', 'national') THEN '0' ELSE 'agency_id' END;
  parts text := CASE type WHEN 'service' THEN 'procedure, valid_from' WHEN 'fact' THEN 'fact, item, valid_from'
                          WHEN 'count' THEN 'measure, period, breakdown' WHEN 'task' THEN 'task'
                          WHEN 'milestone' THEN 'task, nullif(year, 0)' WHEN 'national' THEN 'series, country, year' END;
BEGIN
  IF parts IS NULL OR NOT EXISTS (SELECT FROM quarantine WHERE settled_by IS NULL AND key IS NOT NULL
                                     AND (agency_id = ANY (agencies || 0) OR code = 'agency_not_yours')) THEN
    RETURN;
  END IF;
  EXECUTE format($sql$
    UPDATE quarantine q SET settled_by = $1, settled_as = 'accepted'
      FROM batch b, (SELECT %1$s AS owner, concat_ws('|', %2$s) AS key FROM nq17.%3$I WHERE batch_id = $1) d
     WHERE q.settled_by IS NULL AND b.batch_id = q.batch_id AND b.type = $2
       AND (q.key = d.key OR $2 = 'milestone' AND strpos(d.key, '|') = 0 AND split_part(q.key, '|', 1) = d.key)
       AND (q.agency_id = d.owner AND (d.owner <> 0 OR q.code <> ALL ($3))
            OR q.agency_id = 0 AND q.code IN ('unknown_agency', 'agency_not_in_force')
               AND EXISTS (SELECT FROM agency_name n WHERE n.name = q.value AND n.agency_id = d.owner)
            -- the name of a delivery over HTTP begins with its agency (web/upload.c)
            OR q.code = 'agency_not_yours' AND substring(b.delivery FROM '^h(\d{1,9})-')::int = d.owner)
  $sql$, owner, parts, home) USING batch, type, strange;
END $$;

-- What every batch leaves beside its records.  AGENCIES: those that occur in it.
CREATE FUNCTION intake_note(type text, batch bigint, agencies int[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO batch_agency (agency_id, type, batch_id)
  SELECT DISTINCT a, intake_note.type, batch FROM unnest(agencies) a;
  IF type = 'dossier' THEN
    PERFORM quarantine_settle(batch, agencies);
  ELSE
    PERFORM quarantine_settle_keyed(type, batch, agencies);
  END IF;
END $$;

-- Is the text of a refused record all there, and does it end where it says?
CREATE FUNCTION quarantine_is_whole(q quarantine) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT NOT q.masked AND q.length = octet_length(q.record)
     AND q.code NOT IN ('quote_unclosed', 'record_too_large', 'bad_json')
$$;
