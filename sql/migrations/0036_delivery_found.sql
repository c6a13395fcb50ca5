-- 0036_delivery_found.sql -- where a deliverer finds itself, for the pages.

-- Null: where deliveries are made from (place).  Else it sends nothing until somebody says
-- that this is the place now (nq17 outbox resume).
ALTER TABLE delivery_place ADD COLUMN found text;
