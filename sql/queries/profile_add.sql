-- $1 name, $2 type, $3 agency or null, $4 definition, $5 author.  A new version, a draft.
INSERT INTO profile (name, version, type, agency_id, definition, author)
SELECT $1, coalesce(max(p.version), 0) + 1, $2,
       CASE WHEN $3::text IS NOT NULL
            THEN agency_on($3, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) END,
       $4, $5
  FROM profile p WHERE p.name = $1
RETURNING version
