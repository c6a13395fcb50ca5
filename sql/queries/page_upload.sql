-- $1 record type that is chosen, $2 what to say.
SELECT upload_form_page($1, $2)
