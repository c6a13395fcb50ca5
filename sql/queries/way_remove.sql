-- $1 name, $2 owner.  No row: there is no such way.  Schedules that use it go on.
UPDATE delivery_way w SET removed_at = clock_timestamp()
 WHERE w.name = $1 AND w.removed_at IS NULL
   AND w.owner_id = CASE WHEN $2 = 'VN' THEN 0 ELSE agency_on($2, office_today()) END
RETURNING w.way_id
