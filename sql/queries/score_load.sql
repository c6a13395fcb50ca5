-- $1 score, $2 period, $3 source, $4 who, $5 agencies, $6 parts, $7 points.
SELECT score_load($1, $2, $3, $4, $5::text[], $6::text[], $7::text[]) AS stored
