-- $1 the code as it was copied from a report; null: the empty form.
SELECT page_verify($1)
