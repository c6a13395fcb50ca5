-- $1 batch.
SELECT batch_page($1)
