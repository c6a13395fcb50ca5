-- The catalogue of indicators, as JSON.
SELECT api_indicators()
