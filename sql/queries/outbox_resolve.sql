-- $1 row, $2 what a person found (accepted, bounced, failed, queued), $3 who says so.
SELECT outbox_resolve($1::bigint, $2, $3)
