-- $1 period, $2 agency, $3 the day, $4 a state; null: the default, all, the store's, any.
SELECT page_milestones($1, $2, $3, $4)
