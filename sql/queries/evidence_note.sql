-- $1 agency, $2 fact or service, $3 which, $4 item, $5 confirmed, $6 note, $7 by whom.
SELECT evidence_note($1, $2, $3, $4, $5::boolean, $6, $7)
