-- Windows whose answer could not be read at all (a page about an error, say).
SELECT w.source_id, w.first_day AS day, w.tries, b.refusal
  FROM batch b JOIN source_window w USING (delivery)
 WHERE b.way = 'pull' AND b.state = 'refused' AND w.state = 'fetched'
