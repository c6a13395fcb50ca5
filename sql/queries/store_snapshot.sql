-- Differs whenever a transaction that wrote anything ended since, or the day did.  One look
-- at memory: where it is the same, so is what store_version.sql says.
SELECT concat_ws(' ', pg_current_snapshot(), current_date)
