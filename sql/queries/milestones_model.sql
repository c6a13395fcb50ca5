-- $1 the day or null, $2 agency or null.  Null for an unknown agency.
SELECT milestones_model($1::date, $2)
