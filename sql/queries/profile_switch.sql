-- $1 name, $2 on or off.  Switches the newest version, and any other one off.
WITH newest AS (SELECT max(version) AS version FROM profile WHERE name = $1)
UPDATE profile p
   SET state = CASE WHEN p.version = n.version THEN $2
                    WHEN p.state = 'on' THEN 'off' ELSE p.state END
  FROM newest n
 WHERE p.name = $1 AND (p.version = n.version OR p.state = 'on')
RETURNING p.version
