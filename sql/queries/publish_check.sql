-- $1 period, $2 the share of the population, in percent, that must have sent something.
SELECT publish_check($1, $2::int)
