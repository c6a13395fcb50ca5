-- $1 vintage.  Its canonical form, whose SHA-256 is that of the vintage; null: none such.
SELECT vintage_canonical($1::bigint)
