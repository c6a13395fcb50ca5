-- $1 the hash of its content.  No row: nothing of that is to be seen.
SELECT * FROM archived_file($1)
