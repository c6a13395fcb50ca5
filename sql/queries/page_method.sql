-- $1 period; null: the default.
SELECT page_method($1)
