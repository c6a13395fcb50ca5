-- $1 edition that was sent, $2 the vintage that takes its place.
SELECT coalesce(json_agg(c), '[]') FROM edition_changes($1::bigint, $2::bigint) c
