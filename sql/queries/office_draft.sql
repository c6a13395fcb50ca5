-- $1 kind, $2 the fields of the form.  The number of the draft.
SELECT office_draft($1, $2::jsonb)
