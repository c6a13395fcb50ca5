-- $1 what to say.
SELECT targets_page($1)
