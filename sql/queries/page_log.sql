-- $1 before which entry, $2 actor, $3 action, $4 beginning of the object.
SELECT log_page($1, $2, $3, $4)
