-- $1 moments and $2 days of runs, $3 zone, $4 kind of period.
SELECT to_char(to_timestamp(m) AT TIME ZONE $3, 'YYYY-MM-DD HH24:MI') AS run, $3 AS zone,
       to_char(to_timestamp(m) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"') AS utc,
       period_before($4, d) AS period
  FROM unnest($1::bigint[], $2::date[]) WITH ORDINALITY AS u(m, d, n)
 ORDER BY n
