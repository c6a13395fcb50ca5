-- $1 record type, $2 file or null, $3 agency given for the file or null, $4 delivery or
-- null, $5 way.
-- Opens a batch: takes the locks and answers its number and the moment it arrived.
SELECT batch_id, received_at,
       (extract(epoch FROM received_at - timestamptz '2000-01-01 00:00Z') * 1000000)::bigint
         AS arrival,
       to_char(received_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"+07:00"') AS received_text
  FROM intake_open($1, $2, $3, $4, $5)
