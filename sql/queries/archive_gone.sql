-- $1 SHA-256 of a file that was removed.
UPDATE archive SET removed_at = clock_timestamp() WHERE sha256 = $1
