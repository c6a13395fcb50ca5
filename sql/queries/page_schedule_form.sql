-- $1 the number of the schedule that is changed; null: a new one.
SELECT schedule_form_page($1)
