-- What is odd about the dossiers in the stage, against what their agencies sent before
-- (asked before the merge).  Cohorts are settled dossiers: the batch's of at least 100,
-- and the agency's last days that hold at least 1,000.
WITH settled AS MATERIALIZED (
  SELECT settled_id AS agency_id, count(*) AS whole,
         count(*) FILTER (WHERE channel = 'online') AS online,
         count(one_stop) AS one_stop, count(due_at) AS due_at,
         count(satisfaction) AS satisfaction, count(paid_online) AS paid_online,
         count(filed_by) FILTER (WHERE channel = 'online') AS filed_by
    FROM stage WHERE status = 'resolved' GROUP BY settled_id HAVING count(*) >= 100
), recent AS (
  SELECT agency_id, sum(resolved) AS whole, sum(resolved_online) AS online,
         sum(one_stop_known) AS one_stop, sum(due_known) AS due_at, sum(scored) AS satisfaction,
         sum(paid_known) AS paid_online, sum(filed_by_known) AS filed_by
    FROM (SELECT t.*, sum(resolved) OVER (PARTITION BY agency_id ORDER BY day DESC) - resolved
                        AS newer
            FROM day_total t WHERE agency_id IN (SELECT agency_id FROM settled)) t
   WHERE newer < 1000 GROUP BY agency_id HAVING sum(resolved) >= 1000
), vanished AS (
  SELECT agency_id, a.*
    FROM settled s JOIN recent r USING (agency_id)
    CROSS JOIN LATERAL (VALUES
      (1, 'one_stop', r.one_stop, r.whole, s.one_stop, s.whole),
      (2, 'due_at', r.due_at, r.whole, s.due_at, s.whole),
      (3, 'satisfaction', r.satisfaction, r.whole, s.satisfaction, s.whole),
      (4, 'paid_online', r.paid_online, r.whole, s.paid_online, s.whole),
      (5, 'filed_by', r.filed_by, r.online, s.filed_by, s.online)
    ) a (place, field, had, had_whole, has, has_whole)
   WHERE has = 0 AND has_whole >= 100 AND had_whole >= 100 AND had * 2 >= had_whole
), received AS MATERIALIZED (
  SELECT agency_id, count(*) AS whole, count(*) FILTER (WHERE channel = 'online') AS online
    FROM stage WHERE status <> 'void' GROUP BY agency_id HAVING count(*) >= 100
), mix AS (
  SELECT s.agency_id, s.online, s.whole, o.online AS had, o.whole AS had_whole
    FROM received s
    JOIN (SELECT agency_id, sum(received) AS whole, sum(received_online) AS online
            FROM day_total WHERE agency_id IN (SELECT agency_id FROM received)
           GROUP BY agency_id HAVING sum(received) >= 100) o USING (agency_id)
   WHERE abs(s.online * o.whole - o.online * s.whole) * 10 > 3 * s.whole * o.whole
)
SELECT w.code, label AS agency, field, value, detail
  FROM (SELECT 'attribute_vanished' AS code, agency_id, place, field,
               had || '/' || had_whole AS value, has || '/' || has_whole AS detail
          FROM vanished
        UNION ALL
        SELECT 'channel_mix_jump', agency_id, 6, 'channel', online || '/' || whole,
               had || '/' || had_whole
          FROM mix) w
  JOIN agency USING (agency_id)
 ORDER BY label COLLATE "C", place
