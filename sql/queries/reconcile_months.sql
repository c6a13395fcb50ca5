-- $1 period, $2 agency and $3 indicator, or null for all.
SELECT agency, indicator, numerator, denominator, months_numerator, months_denominator,
       difference_numerator, difference_denominator, unpublished, causes
  FROM reconcile_months($1, $2, $3)
