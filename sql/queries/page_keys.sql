-- $1 what to say.
SELECT keys_page($1)
