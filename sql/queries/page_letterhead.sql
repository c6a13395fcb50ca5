-- $1 what to say, $2 agency, $3 language of the letterhead.
SELECT letterhead_page($1, $2, $3)
