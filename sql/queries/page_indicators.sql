-- $1 period; null: the default.
SELECT page_indicators($1)
