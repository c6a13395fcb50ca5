-- $1 number of a vintage.  No row where there is none.
SELECT page_vintage($1)
