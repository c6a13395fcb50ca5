-- $1 what to say.
SELECT users_page($1)
