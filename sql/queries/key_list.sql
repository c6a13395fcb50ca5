-- Every key, oldest first.
SELECT k.key_id AS id, a.label AS agency, array_to_string(k.types, ',') AS types,
       CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
            WHEN k.expires_at <= clock_timestamp() THEN 'expired'
            ELSE 'active' END AS state,
       to_char(k.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"+07:00"') AS created_at,
       to_char(k.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS"+07:00"') AS expires_at,
       to_char(k.last_used_at, 'YYYY-MM-DD"T"HH24:MI:SS"+07:00"') AS last_used_at,
       to_char(k.revoked_at, 'YYYY-MM-DD"T"HH24:MI:SS"+07:00"') AS revoked_at
  FROM api_key k JOIN agency a USING (agency_id)
 ORDER BY k.key_id
