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

-- What every batch leaves beside its records.  AGENCIES: those that occur in it.
CREATE FUNCTION intake_note(type text, batch bigint, agencies int[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO batch_agency (agency_id, type, batch_id)
  SELECT DISTINCT a, intake_note.type, batch FROM unnest(agencies) a;
  IF type = 'dossier' THEN
    PERFORM quarantine_settle(batch, agencies);
  END IF;
END $$;

-- Is the text of a refused record all there, and does it end where it says?
CREATE FUNCTION quarantine_is_whole(q quarantine) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT NOT q.masked AND q.length = octet_length(q.record)
     AND q.code NOT IN ('quote_unclosed', 'record_too_large', 'bad_json')
$$;
