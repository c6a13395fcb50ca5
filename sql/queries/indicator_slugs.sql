-- The indicators there are, behind each other.
SELECT string_agg(slug, ' ' ORDER BY ordinal) FROM indicator
