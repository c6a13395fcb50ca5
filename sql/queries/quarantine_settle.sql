-- $1 the batch that took them, $2 and $3 batches and lines of refused records, side by
-- side, $4 and the lines they had in the new batch: refused there again, or taken.
UPDATE quarantine q
   SET settled_by = $1::bigint,
       settled_as = CASE WHEN EXISTS (SELECT FROM quarantine n
                                       WHERE n.batch_id = $1::bigint AND n.line = s.new_line)
                         THEN 'refused_again' ELSE 'accepted' END
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) s (batch_id, line, new_line)
 WHERE q.batch_id = s.batch_id AND q.line = s.line
