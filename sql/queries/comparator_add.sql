-- $1 indicator, $2 agency, $3 period, $4 as printed, $5 numerator, $6 denominator,
-- $7 publisher, $8 source, $9 note, $10 by whom.
SELECT comparator_add($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8, $9, $10) AS id
