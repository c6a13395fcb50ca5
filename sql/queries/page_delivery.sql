-- $1 its number, $2 what to say.
SELECT delivery_page($1, $2)
