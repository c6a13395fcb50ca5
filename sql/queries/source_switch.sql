-- $1 source, $2 'on' or 'off'.  No row: there is no such source.
UPDATE source SET state = $2 WHERE source_id = $1::int RETURNING source_id
