-- Changes whenever a page may: with every batch, publication, audit and dispute, with the
-- catalogue, and with the day, on which deadlines pass.
SELECT concat_ws(' ', (SELECT concat(max(batch_id), '/', count(*)) FROM batch),
                 (SELECT catalogue_at FROM store), (SELECT max(vintage_id) FROM vintage),
                 (SELECT count(*) FROM reopening), (SELECT max(audit_id) FROM audit_run),
                 (SELECT docket_at FROM docket),
                 current_date)
