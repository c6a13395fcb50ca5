-- Statements that drop every view of the schema, so that a view whose columns
-- changed can be made again.  Views hold nothing; sql/views has them all.
SELECT format('DROP VIEW IF EXISTS %I.%I CASCADE', 'nq17', relname) AS statement
  FROM pg_class
 WHERE relnamespace = 'nq17'::regnamespace AND relkind = 'v'
 ORDER BY relname
