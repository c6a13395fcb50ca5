-- Refused records whose event was taken before: duplicates, not errors.
SELECT line FROM event_again WHERE refused ORDER BY line
