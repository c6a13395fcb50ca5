-- $1 source.  It goes with its ledger; what it brought stays.
DELETE FROM source WHERE source_id = $1::int RETURNING source_id
