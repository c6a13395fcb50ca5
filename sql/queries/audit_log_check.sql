-- $1 number of an entry whose hash is known, $2 that hash; or both null.
SELECT entries, head, wrong, reason FROM audit_log_check($1::bigint, $2)
