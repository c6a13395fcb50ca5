-- 0014_half_months.sql -- the totals of agencies by half month.

-- What a year is added up from: 24 rows an agency instead of 365 of day_total.  Half months
-- (1st to 14th, 15th to end) tile the months of both calendars, as in procedure_total.
CREATE TABLE half_month_total (
  agency_id        int NOT NULL,
  half_month       date NOT NULL CHECK (extract(day FROM half_month) IN (1, 15)),
  received         bigint NOT NULL DEFAULT 0,
  received_online  bigint NOT NULL DEFAULT 0,
  resolved         bigint NOT NULL DEFAULT 0,
  resolved_online  bigint NOT NULL DEFAULT 0,
  level4_online    bigint NOT NULL DEFAULT 0,
  due_known        bigint NOT NULL DEFAULT 0,
  on_time          bigint NOT NULL DEFAULT 0,
  one_stop_known   bigint NOT NULL DEFAULT 0,
  one_stop         bigint NOT NULL DEFAULT 0,
  paid_known       bigint NOT NULL DEFAULT 0,
  paid_online      bigint NOT NULL DEFAULT 0,
  filed_by_known   bigint NOT NULL DEFAULT 0,
  assisted         bigint NOT NULL DEFAULT 0,
  scored           bigint NOT NULL DEFAULT 0,
  satisfied        bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (agency_id, half_month)
);

-- Stores that are older than this table.
INSERT INTO half_month_total
SELECT agency_id,
       day - CASE WHEN extract(day FROM day) < 15 THEN extract(day FROM day)::int - 1
                  ELSE extract(day FROM day)::int - 15 END AS half_month,
       sum(received), sum(received_online), sum(resolved), sum(resolved_online),
       sum(level4_online), sum(due_known), sum(on_time), sum(one_stop_known), sum(one_stop),
       sum(paid_known), sum(paid_online), sum(filed_by_known), sum(assisted), sum(scored),
       sum(satisfied)
  FROM day_total
 GROUP BY agency_id, half_month
 ORDER BY agency_id, half_month;

-- Figures over totals ask for a few measures of a span.
CREATE INDEX reported_count_measure ON reported_count (measure, end_day);
