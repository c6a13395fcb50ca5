-- $1 action, $2 dispute, $3 why, $4 the batch that mends the figure.
SELECT docket_act($1, $2, $3, $4)
