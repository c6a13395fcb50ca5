-- $1 and $2 the lines of the ledger whose editions are compared.
SELECT delivery_comparison($1, $2)
