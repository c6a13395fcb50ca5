-- What is odd about a batch of dossiers, against what their agencies sent before (asked
-- before the merge).  Cohorts are settled dossiers: the batch's of at least 100, and the
-- agency's last days that hold at least 1,000.
-- $1 agencies; of each, in the batch: $2 received, $3 of these online, $4 settled, $5 of
-- these online, $6 with one_stop, $7 with due_at, $8 with satisfaction, $9 with
-- paid_online, $10 online with filed_by.
WITH sent AS MATERIALIZED (
  SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
                       $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
    AS s (agency_id, received, received_online, whole, online, one_stop, due_at, satisfaction,
          paid_online, filed_by)
), settled AS MATERIALIZED (
  SELECT agency_id, whole, online, one_stop, due_at, satisfaction, paid_online, filed_by
    FROM sent WHERE whole >= 100
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
  SELECT agency_id, received AS whole, received_online AS online
    FROM sent WHERE received >= 100
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
