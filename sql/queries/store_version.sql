-- Changes whenever a page may: with every batch, publication and audit, with the catalogue,
-- and with the day, on which deadlines pass.
SELECT concat_ws(' ', (SELECT concat(max(batch_id), '/', count(*)) FROM batch),
                 (SELECT catalogue_at FROM store), (SELECT max(vintage_id) FROM vintage),
                 (SELECT count(*) FROM reopening), (SELECT max(audit_id) FROM audit_run),
                 current_date)
