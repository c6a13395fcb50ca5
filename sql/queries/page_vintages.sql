-- All that was published.
SELECT page_vintages()
