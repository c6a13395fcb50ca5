-- $1 name.  The definition of the newest version.
SELECT definition FROM profile WHERE name = $1 ORDER BY version DESC LIMIT 1
