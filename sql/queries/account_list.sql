-- The accounts that who asks may see, without those that were removed.
SELECT c.login, c.name, c.role, a.label AS agency,
       CASE WHEN c.locked_at IS NOT NULL THEN 'locked'
            WHEN account_paused_until(c.account_id) IS NOT NULL THEN 'paused'
            ELSE 'open' END AS state,
       account_has_code(c.account_id) AS second_step, x.subject AS oidc_subject,
       to_char(c.signed_in_at, 'YYYY-MM-DD"T"HH24:MI:SS"+07:00"') AS signed_in_at,
       to_char(c.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"+07:00"') AS created_at, c.created_by
  FROM account c LEFT JOIN agency a USING (agency_id)
  LEFT JOIN account_subject x USING (account_id)
 WHERE c.removed_at IS NULL
 ORDER BY c.agency_id NULLS FIRST, c.login
