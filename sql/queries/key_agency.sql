-- $1 the name of an agency.  The row it means today, else its newest.
SELECT n.agency_id
  FROM agency_name n JOIN agency a USING (agency_id)
 WHERE n.name = $1
 ORDER BY (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
          BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity') DESC,
          a.valid_from DESC
 LIMIT 1
