-- $1 kind, $2 the options as JSON, $3 author.
SELECT revision_draft($1, $2::jsonb, $3) AS id
