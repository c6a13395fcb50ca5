-- $1 chart, $2 period, $3 agency or null for the nation, $4 indicator, $5 as of, $6 vintage;
-- both null for now.  Null: no such agency.
SELECT chart_model($1, pin($2, $5, $6), $3, $4)
