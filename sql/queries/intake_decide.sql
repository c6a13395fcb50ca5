-- $1 whether the first records are samples.  May they come?
SELECT intake_decide($1::boolean)
