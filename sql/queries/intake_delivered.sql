-- $1 delivery.  What was answered to it, if it was committed.
SELECT receipt FROM batch WHERE delivery = $1
