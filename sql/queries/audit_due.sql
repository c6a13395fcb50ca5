-- $1 the hour.
SELECT due::int, whole::int FROM audit_due($1::int, now())
