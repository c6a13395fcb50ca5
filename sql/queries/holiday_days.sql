-- The days off, counted from 1970-01-01.
SELECT day - '1970-01-01'::date AS day FROM holiday ORDER BY 1
