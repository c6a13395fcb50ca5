-- $1 where deliveries are made from now on, $2 who says so.
INSERT INTO delivery_place (place, noted_by) VALUES ($1, $2)
ON CONFLICT (one) DO UPDATE SET place = excluded.place, noted_by = excluded.noted_by, found = NULL,
                                noted_at = clock_timestamp()
