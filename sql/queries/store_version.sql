-- Changes whenever a figure may: with every batch and publication, with the catalogue, and with
-- the day, on which deadlines pass.
SELECT concat_ws(' ', (SELECT concat(max(batch_id), '/', count(*)) FROM batch),
                 (SELECT catalogue_at FROM store), (SELECT max(vintage_id) FROM vintage),
                 (SELECT count(*) FROM reopening), current_date)
