-- $1 before which entry, $2 actor, $3 action, $4 beginning of the object, $5 how many at most.
SELECT log_page($1, $2, $3, $4, $5)
