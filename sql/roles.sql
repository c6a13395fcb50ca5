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
      task, national, day_total, half_month_total, procedure_total, withdrawn_total, store
      TO nq17_collector;
GRANT INSERT ON quarantine, dossier_history, record_history, event_seen, dossier_echo,
      record_echo, batch_agency TO nq17_collector;
-- A refused record is settled by a later batch; what it says stays.
GRANT UPDATE (settled_by, settled_as) ON quarantine TO nq17_collector;
GRANT INSERT, DELETE ON agency_heir TO nq17_collector;
-- A dossier moves to a predecessor whose record of it comes late (functions/merge_holder.sql).
GRANT EXECUTE ON FUNCTION dossier_uproot TO nq17_collector;
GRANT UPDATE (agency_id) ON dossier_echo TO nq17_collector;
GRANT INSERT, DELETE ON dossier_named, dossier_waiting TO nq17_collector;
GRANT INSERT ON agency_identifier TO nq17_collector;
GRANT DELETE ON day_total, half_month_total, procedure_total, withdrawn_total TO nq17_collector;
-- What it computed for the pages it may compute again.
GRANT INSERT, DELETE ON remembered, remembered_text, remembered_reading, remembered_part, remembered_recast,
  remembered_recast_state, remembered_ledger, remembered_ledger_state TO nq17_collector;
-- Audits are noted, and stay.
GRANT INSERT ON audit_run TO nq17_collector;
-- What the office set up is asked for, and the ledger of that kept.
GRANT INSERT, UPDATE ON source_window TO nq17_collector;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA nq17 TO nq17_collector;

-- Reports publish: they add vintages, which nobody changes (functions/vintages.sql).
GRANT INSERT ON vintage, vintage_observation, reopening TO nq17_reports;

-- Agencies contest figures, agree with them and write beside them; the office answers.  Who
-- may do what to which rows: functions/docket.sql, and the policies of the tables.
GRANT INSERT ON dispute, agreement, figure_note TO nq17_web;
GRANT UPDATE (closed_at, closed_by, outcome, answer, batch_id) ON dispute TO nq17_web;
GRANT UPDATE (removed_at, removed_by) ON figure_note TO nq17_web;

-- Nor does the web need to know which events came.
REVOKE ALL ON event_seen FROM nq17_web;
-- Web checks keys, and notes what it took over HTTP, through functions (functions/key.sql);
-- nobody else has business with them, and nobody reads a hash.
REVOKE ALL ON api_key, http_delivery FROM nq17_web, nq17_reports, nq17_collector;
GRANT SELECT (key_id, agency_id, types, created_at, expires_at, last_used_at, revoked_at) ON api_key TO nq17_web;
GRANT SELECT ON http_delivery TO nq17_web;
GRANT EXECUTE ON FUNCTION key_find, key_used, key_add, key_revoke, delivery_note, delivery_find,
      delivery_forget TO nq17_web;

-- A view shows what who asks may see, not what its owner may.
DO $$
DECLARE
  one text;
BEGIN
  FOR one IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'nq17'::regnamespace AND relkind = 'v' LOOP
    EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', one);
  END LOOP;
END $$;

-- Functions that act with the rights of their owner are for those who are named here, and
-- for nobody else.
DO $$
DECLARE
  one text;
BEGIN
  FOR one IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'nq17'::regnamespace AND prosecdef LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION first_load_begin(), first_load_end() TO nq17_collector;
GRANT EXECUTE ON FUNCTION figure_ground(date, boolean), ledger_state(text) TO nq17_web, nq17_reports, nq17_collector;
GRANT EXECUTE ON FUNCTION figure_marks(int, text, text, timestamptz), period_marks(text, timestamptz) TO nq17_web, nq17_reports, nq17_collector;
-- Whoever hands out a report enters it in the register (functions/report_files.sql).
GRANT EXECUTE ON FUNCTION report_file_note(jsonb, text, text) TO nq17_web, nq17_reports;
GRANT EXECUTE ON FUNCTION log_action(text, text, jsonb, int) TO nq17_web, nq17_reports, nq17_collector;

-- Accounts: the web sees a row as far as row-level security lets it (functions/access.sql),
-- and never a secret; what it changes goes through functions (functions/account.sql).
REVOKE ALL ON account, account_secret, account_subject, session, audit_log
  FROM nq17_web, nq17_reports, nq17_collector;
GRANT SELECT ON account, audit_log TO nq17_web;
GRANT SELECT (session_id, account_id, way, is_whole, created_at, seen_at, expires_at, address, agent,
              ended_at) ON session TO nq17_web;
GRANT EXECUTE ON FUNCTION session_visit, sign_in_secret, sign_in_failed, sign_in, sign_in_code,
      sign_in_complete, sign_in_proxy, sign_in_oidc, sign_in_oidc_failed, sign_out, totp_reseal, account_add, account_change, account_password,
      account_rehash, session_renew, session_end, session_language, totp_begin, totp_pending, totp_confirm, totp_off,
      account_has_code, account_has_password, account_paused_until, account_subject_seen TO nq17_web;
GRANT EXECUTE ON FUNCTION revision_page, office_draft, office_decide, letterhead_set TO nq17_web;

-- The deliverer fires schedules (which the owner adds) and keeps the ledger.
GRANT UPDATE (next_run, next_day) ON schedule TO nq17_reports;
GRANT INSERT, UPDATE ON schedule_run, outbox, archive, delivery_place TO nq17_reports;
GRANT INSERT ON edition, edition_file, outbox_event TO nq17_reports;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA nq17 TO nq17_reports;
-- Addresses, and what was sent to whom, are seen by owners and recipients
-- (functions/delivery_access.sql); what is changed on a page goes through functions.
REVOKE ALL ON agency_contact, schedule, schedule_run, outbox, outbox_event, archive, edition,
      edition_file, delivery_way FROM nq17_collector;
REVOKE ALL ON delivery_place FROM nq17_web, nq17_collector;
GRANT EXECUTE ON FUNCTION deliveries_halted, schedules_seen, addresses_seen, schedule_caption, schedule_save,
      schedule_switch, schedule_run_now, delivery_decide TO nq17_web;

-- The office's commands that take back or join what is stored, or that change what the
-- registers say (nq17 batch withdraw, alias, agency source, agency cadence), act as the
-- owner: whoever only brings records in, and whoever breaks into that process, can
-- neither delete one nor say that two are the same.

-- Files that came through a page are their session's (functions/page_upload.sql).
REVOKE ALL ON form_upload FROM nq17_web, nq17_reports, nq17_collector;
GRANT EXECUTE ON FUNCTION upload_begin, upload_page, upload_send TO nq17_web;

-- Imports stage their records in temporary tables.
DO $$
BEGIN
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO nq17_collector', current_database());
END $$;
