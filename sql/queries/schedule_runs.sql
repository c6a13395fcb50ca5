-- $1 moments and $2 days of runs, $3 zone, $4 kind of period.  The same as schedule_preview.sql,
-- as JSON with the names of the periods.
SELECT coalesce(json_agg(json_build_object('run', to_char(to_timestamp(m) AT TIME ZONE $3, 'YYYY-MM-DD"T"HH24:MI:SS'),
                  'day', to_char(to_timestamp(m) AT TIME ZONE $3, 'YYYY-MM-DD'),
                  'time', to_char(to_timestamp(m) AT TIME ZONE $3, 'HH24:MI'),
                  'weekday', extract(isodow FROM to_timestamp(m) AT TIME ZONE $3), 'zone', $3,
                  'utc', to_char(to_timestamp(m) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'),
                  'is_home', $3 = 'Asia/Ho_Chi_Minh', 'is_moved', (to_timestamp(m) AT TIME ZONE $3)::date <> d, 'rule_day', d,
                  'period', p, 'period_name_vi', period_name(p, 'vi'), 'period_name_en', period_name(p, 'en'))
                ORDER BY n), '[]')
  FROM unnest($1::bigint[], $2::date[]) WITH ORDINALITY AS u(m, d, n)
 CROSS JOIN LATERAL period_before($4, d) p
