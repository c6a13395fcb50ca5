-- $1 agency, $2 language, $3 from which day, or null, $4 the fields that change, JSON.
SELECT letterhead_set(office_agency($1), $2, nullif($3, '')::date, $4::jsonb)
