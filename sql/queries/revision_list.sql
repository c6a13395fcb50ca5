-- $1 kind.  Drafts first, then what was decided, the latest first.
SELECT revision_id AS id, state, subject, set_name AS set, effective_from AS "from",
       content::text AS change, clause, reason, author, decided_by
  FROM revision WHERE kind = $1
 ORDER BY (state = 'draft') DESC, revision_id DESC
