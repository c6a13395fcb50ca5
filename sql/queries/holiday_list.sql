-- $1 year or null.
SELECT day, name_vi, name_en, verified, source FROM holiday
 WHERE $1::text IS NULL OR extract(year FROM day) = $1::int
 ORDER BY day
