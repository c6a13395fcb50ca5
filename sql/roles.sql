-- roles.sql -- who may do what.  The roles own nothing but their grants; the
-- database belongs to nq17_owner, which alone changes the schema.

DO $$
DECLARE
  role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['nq17_collector', 'nq17_web', 'nq17_reports'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role);
    END IF;
  END LOOP;
END $$;

REVOKE ALL ON SCHEMA nq17 FROM PUBLIC;
GRANT USAGE ON SCHEMA nq17 TO nq17_collector, nq17_web, nq17_reports;
REVOKE ALL ON ALL TABLES IN SCHEMA nq17 FROM nq17_collector, nq17_web, nq17_reports;

-- Web and reports read; neither can change a record.
GRANT SELECT ON ALL TABLES IN SCHEMA nq17 TO nq17_web, nq17_reports, nq17_collector;

-- The collector adds batches and records, and moves the rollups with them.
GRANT INSERT, UPDATE ON agency, batch, dossier, service, fact, reported_count, milestone,
      task, national, day_total, procedure_total, store TO nq17_collector;
GRANT INSERT ON quarantine, dossier_history, record_history, event_seen, dossier_echo,
      record_echo, batch_agency TO nq17_collector;
-- A refused record is settled by a later batch; what it says stays.
GRANT UPDATE (settled_by, settled_as) ON quarantine TO nq17_collector;
GRANT INSERT, DELETE ON agency_heir TO nq17_collector;
GRANT INSERT ON agency_identifier TO nq17_collector;
GRANT DELETE ON day_total, procedure_total TO nq17_collector;
GRANT EXECUTE ON FUNCTION first_load_begin(), first_load_end() TO nq17_collector;
-- Audits are noted, and stay.
GRANT INSERT ON audit_run TO nq17_collector;
-- What the office set up is asked for, and the ledger of that kept.
GRANT INSERT, UPDATE ON source_window TO nq17_collector;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA nq17 TO nq17_collector;

-- Reports publish: they add vintages, which nobody changes (functions/vintages.sql).
GRANT INSERT ON vintage, vintage_observation, reopening, report_file TO nq17_reports;

-- The deliverer fires schedules (which the owner adds) and keeps the ledger.
GRANT UPDATE (next_run, next_day) ON schedule TO nq17_reports;
GRANT INSERT, UPDATE ON schedule_run, outbox, archive, delivery_place TO nq17_reports;
GRANT INSERT ON edition, edition_file, outbox_event TO nq17_reports;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA nq17 TO nq17_reports;
-- Addresses are nobody else's business.
REVOKE ALL ON agency_contact FROM nq17_web, nq17_collector;

-- Keys are added and revoked by the owner (nq17 key).  Web checks them, and notes what it
-- took over HTTP; nobody else has business with them.
REVOKE ALL ON api_key, http_delivery FROM nq17_reports, nq17_collector;
GRANT UPDATE (last_used_at) ON api_key TO nq17_web;
GRANT INSERT, DELETE ON http_delivery TO nq17_web;
-- The office's commands that take back or join what is stored, or that change what the
-- registers say (nq17 batch withdraw, alias, agency source, agency cadence), act as the
-- owner: whoever only brings records in, and whoever breaks into that process, can
-- neither delete one nor say that two are the same.

-- Imports stage their records in temporary tables.
DO $$
BEGIN
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO nq17_collector', current_database());
END $$;
