-- $1 period, $2 agency or null for the nation, $3 language.  Null: not listed.
SELECT compliance_model($1, $2, $3)
