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

-- A name or a reason without the blanks around it; raised where nothing is left of it.
CREATE FUNCTION office_said(said text, what text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF coalesce(said, '') !~ '\S' THEN
    RAISE EXCEPTION '% is missing', what USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM refuse_letters(said, what);
  RETURN regexp_replace(normalize(said, NFC), '^\s+|\s+$', '', 'g');
END $$;

-- Do two names mean one person?  Who writes his name another way is no second one.
CREATE FUNCTION one_person(name text, other text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT lower(regexp_replace(normalize(btrim(name), NFC), '\s+', ' ', 'g'))
       = lower(regexp_replace(normalize(btrim(other), NFC), '\s+', ' ', 'g'))
$$;
