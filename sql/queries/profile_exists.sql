-- $1 name.  A row if there is such a profile, switched on or not.
SELECT version FROM profile WHERE name = $1 ORDER BY version DESC LIMIT 1
