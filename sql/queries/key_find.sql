-- $1 the number of a key.
SELECT k.agency_id, k.sha256, array_to_string(k.types, ' ') AS types,
       a.code || '@' || extract(year FROM a.valid_from) AS agency,
       k.revoked_at IS NOT NULL
         OR coalesce(k.expires_at <= clock_timestamp(), false) AS ended
  FROM api_key k JOIN agency a USING (agency_id)
 WHERE k.key_id = $1::int
