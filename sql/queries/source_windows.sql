-- $1 source.  Its ledger, the newest window first.
SELECT w.first_day, w.state, w.tries,
       CASE WHEN w.state <> 'fetched'
            THEN to_char(w.next_try, 'YYYY-MM-DD HH24:MI:SS') END AS next_try,
       to_char(w.fetched_at, 'YYYY-MM-DD HH24:MI:SS') AS fetched_at,
       b.batch_id AS batch, b.received, b.rejected, w.delivery, w.last_error
  FROM source_window w LEFT JOIN batch b USING (delivery)
 WHERE w.source_id = $1::int
 ORDER BY w.first_day DESC
