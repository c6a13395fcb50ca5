-- $1 action, $2 agency, $3 indicator, $4 period, $5 what is said, $6 evidence, $7 number.
SELECT preview_act($1, $2, $3, $4, $5, $6, $7)
