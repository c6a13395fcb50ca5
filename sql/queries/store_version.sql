-- What answers are kept for.
SELECT store_version()
