-- $1 period, null: the default; $2 which slide, null: the first.
SELECT page_briefing(pin($1, NULL, NULL), $2)
