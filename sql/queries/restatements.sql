-- $1 period, $2 from vintage, $3 to vintage; null: every step of the ledger, to now.
SELECT r.period, r.agency, r.indicator, r.old_numerator, r.old_denominator, r.new_numerator,
       r.new_denominator, r.cause, r.batch
  FROM restatement_steps($1, $2::bigint, $3::bigint) s
 CROSS JOIN LATERAL restatement(s.first, s.second) WITH ORDINALITY r
 ORDER BY s.place, r.ordinality
