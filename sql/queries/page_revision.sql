-- $1 number of a draft, $2 period.
SELECT revision_page($1, $2)
