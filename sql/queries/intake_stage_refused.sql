-- What the merge refused, in file order.
DECLARE stage_refusals NO SCROLL CURSOR FOR
SELECT line, agency_id, code, field, value, detail FROM stage_refused ORDER BY line
