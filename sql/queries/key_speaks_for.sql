-- $1 the agency of a key, $2 the name of an agency.  Does the name mean it, or one of
-- its predecessors, on any day?
SELECT EXISTS (SELECT FROM agency_name n JOIN agency_heir h USING (agency_id)
                WHERE n.name = $2 AND h.heir_id = $1::int)
