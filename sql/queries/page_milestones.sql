-- $1 period, $2 agency, $3 the day; null: the default, all, the store's.
SELECT page_milestones($1, $2, $3)
