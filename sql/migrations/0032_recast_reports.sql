-- 0032_recast_reports.sql -- reports on today's agencies are compared with figures on today's
-- agencies; and what the intake refuses is refused by the tables as well.

ALTER TABLE report_file ADD recast boolean NOT NULL DEFAULT false;

-- NOT VALID: of rows that are there already nothing is asked.
ALTER TABLE service ADD CONSTRAINT service_ends_after_start CHECK (valid_to >= valid_from) NOT VALID;
ALTER TABLE fact ADD CONSTRAINT fact_ends_after_start CHECK (valid_to >= valid_from) NOT VALID;
