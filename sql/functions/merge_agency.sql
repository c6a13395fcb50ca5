-- merge_agency.sql -- rows added to the register.  A row is never changed by a record:
-- the same row again is a duplicate, another one of its code and time is refused.

CREATE FUNCTION merge_agency(batch bigint) RETURNS merge_counts
LANGUAGE plpgsql AS $$
DECLARE
  r record;
  other agency;
  added int;
  counts merge_counts := (0, 0, 0, 0);
BEGIN
  FOR r IN SELECT * FROM stage ORDER BY line LOOP
    SELECT a.* INTO other FROM agency a
     WHERE a.code = r.code AND (daterange(a.valid_from, a.valid_to, '[]')
                                && daterange(r.valid_from, r.valid_to, '[]')
                                OR extract(year FROM a.valid_from) = extract(year FROM r.valid_from))
     ORDER BY a.valid_from = r.valid_from DESC, a.valid_from LIMIT 1;
    IF NOT FOUND THEN
      INSERT INTO agency (code, label, kind, name_vi, name_en, region, valid_from, valid_to,
                          successor_code, parent_code, source)
      VALUES (r.code,
              CASE WHEN EXISTS (SELECT FROM agency WHERE code = r.code)
                   THEN r.code || '@' || extract(year FROM r.valid_from) ELSE r.code END,
              r.kind, r.name_vi, r.name_en, r.region, r.valid_from, r.valid_to,
              r.successor_code, r.parent_code, 'batch ' || batch)
      RETURNING agency_id INTO added;
      INSERT INTO agency_identifier (agency_id, identifier, scheme, source)
      SELECT DISTINCT added, i,
             CASE WHEN i ~ '^\d{3}\.\d{2}\.\d{2}\.' THEN 'QCVN102'
                  WHEN i ~ '^[A-Z]\d{2}(\.|$)' THEN 'QD20-2020' ELSE 'other' END,
             'batch ' || batch
        FROM regexp_split_to_table(r.identifiers, '[\s,;|]+') i WHERE i <> '';
      counts.accepted := counts.accepted + 1;
    ELSIF (other.kind, other.name_vi, other.name_en, other.region, other.valid_from,
           other.valid_to, other.successor_code, other.parent_code)
          IS NOT DISTINCT FROM
          (r.kind, r.name_vi, r.name_en, r.region, r.valid_from, r.valid_to, r.successor_code,
           r.parent_code) THEN
      counts.duplicate := counts.duplicate + 1;
    ELSE
      INSERT INTO stage_refused
      VALUES (r.line, 0, 'agency_overlap', 'code', r.code,
              format('%s, %s, %s – %s', other.label, other.name_vi, other.valid_from,
                     coalesce(other.valid_to::text, '…')));
    END IF;
  END LOOP;
  IF counts.accepted > 0 THEN
    PERFORM refresh_lineage();
    PERFORM merge_resettle();
  END IF;
  RETURN counts;
END $$;

-- Dossiers that now count for another row, because their line went on.
CREATE FUNCTION merge_resettle() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  CREATE TEMP TABLE chain ON COMMIT DROP AS
  SELECT d.*, (-1)::smallint AS sign, h.heir_id
    FROM dossier d JOIN agency_heir h ON h.agency_id = d.agency_id
                                     AND d.resolved_day BETWEEN h.first_day AND h.last_day
   WHERE d.status = 'resolved' AND d.settled_id <> h.heir_id;
  IF EXISTS (SELECT FROM chain) THEN
    PERFORM rollup_move('chain', true);
    UPDATE dossier d SET settled_id = c.heir_id
      FROM chain c WHERE d.agency_id = c.agency_id AND d.dossier = c.dossier;
    UPDATE chain SET sign = 1, settled_id = heir_id;
    PERFORM rollup_move('chain', true);
  END IF;
END $$;
