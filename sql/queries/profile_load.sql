-- $1 name, $2 whether drafts count.
SELECT version, definition
  FROM profile
 WHERE name = $1 AND ($2::boolean OR state = 'on')
 ORDER BY version DESC
 LIMIT 1
