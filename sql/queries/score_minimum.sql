-- $1 indicator or null for all, $2 base, $3 percent of coverage or null, $4 reason, $5 who.
SELECT rank_minimum_set($1, $2::bigint, $3::int, $4, $5)
