-- office.sql -- what the office's commands share.

-- The register's row that NAME means today, or by its label; 0 for VN, null for null.
CREATE FUNCTION office_agency(name text) RETURNS int
LANGUAGE plpgsql STABLE AS $$
DECLARE
  found int := CASE WHEN name = 'VN' THEN 0 ELSE
    coalesce(agency_on(name, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date),
             (SELECT agency_id FROM agency WHERE label = name)) END;
BEGIN
  IF found IS NULL AND name IS NOT NULL THEN
    RAISE EXCEPTION 'there is no agency "%" in the register', name USING ERRCODE = 'no_data_found';
  END IF;
  RETURN found;
END $$;
