-- 0025_withdrawn_totals.sql -- how many dossiers were withdrawn, by who holds them.

-- What the reading `with-withdrawn` is added up from, instead of from the dossiers one by
-- one.  By the holder and the day of the end, not by whom it would count for: who answers
-- for a row may change, and is looked up.
CREATE TABLE withdrawn_total (
  agency_id  int NOT NULL,
  day        date NOT NULL,          -- ended_day() in functions/rollup.sql
  dossiers   bigint NOT NULL,
  online     bigint NOT NULL,
  PRIMARY KEY (agency_id, day)
);

-- Stores that are older than this table.
INSERT INTO withdrawn_total
SELECT agency_id, coalesce(resolved_day, (updated_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) AS day,
       count(*), count(*) FILTER (WHERE channel = 'online')
  FROM dossier WHERE status = 'withdrawn'
 GROUP BY agency_id, day
 ORDER BY agency_id, day;

DROP INDEX dossier_gone;
