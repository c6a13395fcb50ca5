-- The catalogue of agencies, as JSON.
SELECT api_agencies()
