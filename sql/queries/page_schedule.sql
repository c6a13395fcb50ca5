-- $1 its number, $2 what to say.
SELECT schedule_page($1, $2)
