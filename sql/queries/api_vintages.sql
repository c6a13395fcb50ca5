-- $1 period; null: all.
SELECT api_vintages($1)
