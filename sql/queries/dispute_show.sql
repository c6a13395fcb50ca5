-- $1 dispute.
SELECT dispute, agency, period, indicator, state, due_on, days,
       to_char(opened_at, 'YYYY-MM-DD HH24:MI:SS') AS opened_at, opened_by, reason, evidence_url,
       vintage, figure ->> 'numerator' AS numerator, figure ->> 'denominator' AS denominator,
       figure ->> 'value' AS value, figure ->> 'status' AS status, figure ->> 'rank' AS rank,
       to_char(closed_at, 'YYYY-MM-DD HH24:MI:SS') AS closed_at, closed_by, answer, batch
  FROM dispute_list(NULL, NULL, NULL)
 WHERE dispute = $1::bigint
