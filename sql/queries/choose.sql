-- $1 set of targets, $2 variant; null: as usual.  For the rest of the session.
SELECT choose($1, $2)
