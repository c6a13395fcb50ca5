-- $1 the name of an agency, $2 period or null: may who asks see the records of the row that
-- the name means there?
SELECT may_see(agency_in($1, page_period($2)))
