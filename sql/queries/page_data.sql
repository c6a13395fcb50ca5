-- Who sends as expected.
SELECT data_page()
