-- $1 schedule, $2 period, $3 state, $4 a part of the recipient, $5 the line before which, $6 how many.
SELECT deliveries_page($1, $2, $3, $4, $5, $6)
