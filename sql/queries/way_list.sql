-- The ways out that pages may choose from.
SELECT w.name, coalesce(a.label, 'VN') AS owner, w.recipient, w.credential_file AS credentials, w.added_by,
       to_char(w.added_at, 'YYYY-MM-DD HH24:MI') AS added
  FROM delivery_way w LEFT JOIN agency a ON a.agency_id = w.owner_id
 WHERE w.removed_at IS NULL
 ORDER BY coalesce(a.label, 'VN') COLLATE "C", w.name
