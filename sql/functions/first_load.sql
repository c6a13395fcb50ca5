-- first_load.sql -- the first dossiers of a store, when many come at once.
--
-- To add each of millions of dossiers to the key costs as much as to store it; a key that
-- is built at the end, sorted, costs less than half of that.  So a long file that finds
-- a store without dossiers, and nobody looking at them, takes the
-- key off until its records are in: in its own transaction, in which it holds the table
-- for itself.  Whoever asks for dossiers meanwhile waits; there are none to be seen.
-- Both functions act as the owner, and can do nothing else.

-- May the records come without a key?  False: somebody has, or is looking.
CREATE FUNCTION first_load_begin() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM dossier) THEN
    RETURN false;
  END IF;
  LOCK TABLE dossier IN ACCESS EXCLUSIVE MODE NOWAIT;
  IF EXISTS (SELECT FROM dossier) THEN     -- stored before we had it
    RETURN false;
  END IF;
  ALTER TABLE dossier DROP CONSTRAINT dossier_pkey;
  RETURN true;
EXCEPTION WHEN lock_not_available THEN
  RETURN false;
END $$;

CREATE FUNCTION first_load_end() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = nq17, pg_temp
SET maintenance_work_mem = '256MB' AS $$
  ALTER TABLE dossier ADD CONSTRAINT dossier_pkey PRIMARY KEY (agency_id, dossier)
$$;

REVOKE ALL ON FUNCTION first_load_begin(), first_load_end() FROM PUBLIC;
