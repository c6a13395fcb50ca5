-- $1 the period that is asked for; null: the default of the pages.
SELECT page_period($1)
