-- $1 agency, $2 record type, $3 state, $4 the batch to go on before; null: all.
SELECT batches_page($1, $2, $3, $4)
