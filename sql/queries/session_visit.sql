-- $1 sha256 of the token, $2 minutes without use after which a session is over.
SELECT session_id, account_id, login, name, role, agency_id, agency, way, lang
  FROM session_visit($1, $2::int)
