-- $1 period, $2 agency or null for the nation, $3 language, $4 as of, $5 vintage; both null
-- for now.  Null: not listed.
SELECT compliance_model(pin($1, $4, $5), $2, $3)
