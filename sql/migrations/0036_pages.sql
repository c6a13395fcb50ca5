-- 0036_pages.sql -- what the pages tell beside the figures.

-- Null: a deliverer found itself where deliveries are made from (place).  Else it is there,
-- and sends nothing until somebody says that this is the place now (nq17 outbox resume).
ALTER TABLE delivery_place ADD COLUMN found text;

-- What became of a task, in Vietnamese; an imported one has its own words in `outcome`.
ALTER TABLE task ADD COLUMN outcome_vi text;
