-- freshness.sql -- who sends as expected, and who fell silent.

-- How each agency in force AT that moment stands with each record type: the newest thing
-- its records tell of, its newest batch, and when the next was or is expected.  `late` is
-- behind the cadence, `silent` more than SILENT times so, `never` nothing came at all.
-- Dossiers are also behind when batches come but tell of nothing new.  WHOSE and OF_TYPE, if
-- given, ask for one agency's or one record type's lines.
CREATE FUNCTION freshness(at timestamptz, silent int DEFAULT 3, whose int DEFAULT NULL,
                          of_type text DEFAULT NULL)
RETURNS TABLE (agency text, type text, last_record date, last_arrival timestamptz, days int,
               expected timestamptz, state text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH source AS (
    SELECT a.agency_id, a.label, t.type,
           coalesce(own.days, every.days) AS days, came.at AS last_arrival,
           CASE WHEN came.at IS NOT NULL THEN CASE t.type
             WHEN 'dossier' THEN (SELECT max(d.day) FROM day_total d WHERE d.agency_id = a.agency_id)
             WHEN 'service' THEN (SELECT max(s.updated_at)::date FROM service s
                                   WHERE s.agency_id = a.agency_id)
             WHEN 'fact' THEN (SELECT max(f.updated_at)::date FROM fact f
                                WHERE f.agency_id = a.agency_id)
             WHEN 'count' THEN (SELECT max(c.end_day) - 1 FROM reported_count c
                                 WHERE c.agency_id = a.agency_id)
             ELSE (SELECT max(m.updated_at)::date FROM milestone m
                    WHERE m.agency_id = a.agency_id) END END AS last_record
      FROM agency a
     CROSS JOIN (VALUES ('dossier'), ('service'), ('fact'), ('count'), ('milestone')) t(type)
      JOIN cadence every ON every.agency_id = 0 AND every.type = t.type
      LEFT JOIN cadence own ON own.agency_id = a.agency_id AND own.type = t.type
      LEFT JOIN LATERAL (
        SELECT b.received_at AS at
          FROM batch_agency x JOIN batch b USING (batch_id)
         WHERE x.agency_id = a.agency_id AND x.type = t.type AND b.state = 'committed'
           AND b.received_at <= freshness.at
         ORDER BY x.batch_id DESC LIMIT 1) came ON true
     WHERE (freshness.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
           BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity')
       AND (whose IS NULL OR a.agency_id = whose) AND (of_type IS NULL OR t.type = of_type)
       AND (a.kind IN ('ministry', 'ministerial_agency', 'province')
            OR EXISTS (SELECT FROM batch_agency x WHERE x.agency_id = a.agency_id))
  ), due AS (
    SELECT s.*, CASE WHEN s.type = 'dossier'
                     THEN least(s.last_arrival,
                                (s.last_record + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')
                     ELSE s.last_arrival END AS newest
      FROM source s
  )
  SELECT label, type, last_record, last_arrival, days, newest + make_interval(days => days),
         CASE WHEN newest IS NULL THEN 'never'
              WHEN freshness.at <= newest + make_interval(days => days) THEN 'fresh'
              WHEN freshness.at <= newest + make_interval(days => days * silent) THEN 'late'
              ELSE 'silent' END
    FROM due;
END $$;

-- In how many days records of TYPE are expected of an agency (0: of all without an own).
CREATE FUNCTION cadence_set(agency int, of_type text, every int) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO cadence (agency_id, type, days) VALUES (agency, of_type, every)
  ON CONFLICT (agency_id, type) DO UPDATE SET days = excluded.days
$$;

-- From FIRST on an agency is measured on its records (`records`), or it is on totals for
-- good (`totals`), or as its first dossier decides (`auto`).  There is one such day for an
-- agency: it cannot go back to totals later than it began with records.
CREATE FUNCTION agency_source(agency int, wanted text, first date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  began date := (SELECT least(a.records_from, d.day) FROM agency a
                   LEFT JOIN LATERAL (SELECT min(t.day) AS day FROM day_total t
                                       WHERE t.agency_id = a.agency_id) d ON true
                  WHERE a.agency_id = agency);
BEGIN
  PERFORM pg_advisory_xact_lock(20017, 0);
  IF wanted = 'totals' AND began < first THEN
    RAISE EXCEPTION 'the agency is on records since %: totals can answer from that day on or not at all', began
      USING ERRCODE = 'P0001';
  END IF;
  UPDATE agency a SET records_from = CASE wanted WHEN 'records' THEN first
                                                 WHEN 'totals' THEN 'infinity'::date END
   WHERE a.agency_id = agency;
  UPDATE store SET catalogue_at = clock_timestamp();
END $$;
