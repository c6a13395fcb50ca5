-- $1 whether to count who has sent something, which takes a while.  Runs that may be sent.
SELECT w.schedule_id, w.name, w.period, w.cause
  FROM (SELECT r.schedule_id, s.name, r.period, r.due_at, run_cause(s, r) AS cause
          FROM schedule_run r JOIN schedule s USING (schedule_id)
         WHERE r.state = 'waiting' AND s.state = 'active' AND r.due_at <= clock_timestamp()
           AND ($1::boolean OR s.fires <> 'coverage' OR r.deadline_at <= clock_timestamp())
        OFFSET 0) w
 WHERE w.cause IS NOT NULL
 ORDER BY w.due_at, w.schedule_id
