-- 0034_count_days.sql -- the first and the last day that totals tell of, which each page asks
-- for its choice of periods, are two probes instead of a look at all totals.
CREATE INDEX reported_count_first_day ON reported_count (first_day);
CREATE INDEX reported_count_end_day ON reported_count (end_day);
