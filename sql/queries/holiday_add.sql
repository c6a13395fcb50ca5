-- $1 day, $2 name, $3 source.
INSERT INTO holiday (day, name_vi, name_en, verified, source) VALUES ($1::date, $2, $2, true, $3)
    ON CONFLICT (day) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en,
       verified = true, source = excluded.source
RETURNING day
