-- $1 chart, $2 period, $3 agency or null for the nation, $4 indicator.  Null: no such agency.
SELECT chart_model($1, $2, $3, $4)
