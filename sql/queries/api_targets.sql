-- The catalogue of targets, as JSON.
SELECT api_targets()
