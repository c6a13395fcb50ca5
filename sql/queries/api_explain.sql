-- $1 period, $2 agency, $3 indicator, $4 the batches too; null: default, the nation, -, no.
SELECT api_explain($1, $2, $3, $4)
