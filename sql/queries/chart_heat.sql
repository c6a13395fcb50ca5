-- The parameters of page_rankings.sql.
SELECT json_build_object('heat', heat_of(page_rankings(pin($1, $4, $5), $2, $3, $6, $7, $8, $9, $10, $11)))
