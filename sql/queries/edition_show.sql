-- $1 edition.
SELECT e.title, e.sentence, e.verification, e.vintage_id,
       to_char(e.as_of, 'YYYY-MM-DD"T"HH24:MI:SSOF') AS as_of
  FROM edition e WHERE e.edition_id = $1::bigint
