-- $1 period; null: the default.
SELECT page_agencies($1)
