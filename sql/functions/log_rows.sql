-- log_rows.sql -- decisions of the office and of agencies go into the log by themselves,
-- whatever page or command they come from.

CREATE FUNCTION log_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = nq17, pg_temp AS $$
DECLARE
  -- What is long can be read where it is.
  row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END)
               - '{batches,register,catalogue,findings,credentials}'::text[];
BEGIN
  IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
    RETURN NULL;                             -- the catalogue is put in again on each upgrade
  END IF;
  PERFORM log_action(TG_TABLE_NAME || CASE TG_OP WHEN 'INSERT' THEN '_add' WHEN 'UPDATE' THEN '_change'
                                                 ELSE '_remove' END,
                     TG_TABLE_NAME || ':' || coalesce(row ->> TG_ARGV[0], ''), row,
                     (row ->> 'agency_id')::int);
  RETURN NULL;
END $$;

DO $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT * FROM (VALUES ('vintage', 'vintage_id'), ('reopening', 'vintage_id'),
      ('withdrawal', 'batch_id'), ('dispute', 'dispute_id'), ('agreement', 'agreement_id'),
      ('figure_note', 'note_id'), ('revision', 'revision_id'),
      ('target_set', 'set_name'), ('comparator', 'comparator_id'), ('verification', 'key'),
      ('source', 'source_id'), ('dossier_alias', 'alias'), ('procedure_alias', 'alias')) t(name, key) LOOP
    EXECUTE format('CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION log_row(%L)', one.name, one.key);
  END LOOP;
END $$;
