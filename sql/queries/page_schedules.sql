-- $1 what to say.
SELECT schedules_page($1)
