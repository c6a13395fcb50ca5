-- $1 the agency of a key, $2 the name of an agency, $3 period or null: is the row that the
-- name means there the key's, or one that came before it?
SELECT EXISTS (SELECT FROM agency_heir h
                WHERE h.agency_id = agency_in($2, page_period($3)) AND h.heir_id = $1::int)
