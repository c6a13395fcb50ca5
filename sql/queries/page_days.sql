-- $1 the last of the days; null: the newest that there is.
SELECT days_page($1)
