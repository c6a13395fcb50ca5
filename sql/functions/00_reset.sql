-- 00_reset.sql -- functions, views and row types are made anew on each upgrade, so
-- that one may change its columns.  In one transaction with what follows; nothing
-- that holds data depends on them.
DO $$
DECLARE
  old record;
BEGIN
  FOR old IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'nq17' LOOP
    EXECUTE format('DROP POLICY %I ON nq17.%I', old.policyname, old.tablename);
  END LOOP;
  FOR old IN SELECT c.relname FROM pg_class c
              WHERE c.relnamespace = 'nq17'::regnamespace AND c.relkind = 'v' LOOP
    EXECUTE format('DROP VIEW IF EXISTS nq17.%I CASCADE', old.relname);
  END LOOP;
  FOR old IN SELECT p.oid, p.oid::regprocedure AS name FROM pg_proc p
              WHERE p.pronamespace = 'nq17'::regnamespace AND p.prokind IN ('f', 'p') LOOP
    -- one that is a default of another's parameter has taken that with it
    CONTINUE WHEN NOT EXISTS (SELECT FROM pg_proc p WHERE p.oid = old.oid);
    EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', old.name);
  END LOOP;
  FOR old IN SELECT c.relname FROM pg_class c
              WHERE c.relnamespace = 'nq17'::regnamespace AND c.relkind = 'c' LOOP
    EXECUTE format('DROP TYPE IF EXISTS nq17.%I CASCADE', old.relname);
  END LOOP;
END $$;

-- A figure before anything is made of it (figures.sql).
CREATE TYPE figure AS (
  agency_id int, slug text, numerator bigint, denominator bigint, provided bigint,
  possible bigint,       -- the numerator if all that is unknown held
  note text);            -- unreconciled, records_begin: see dossier_figures()

-- A line of a period with its verdict (judgements.sql).
CREATE TYPE judgement AS (
  slug text, scope text, agency_id int, label text, in_force boolean, in_population boolean,
  ranked_group text, numerator bigint, denominator bigint, provided bigint, recast boolean,
  target_id text,
  valued boolean,        -- is there a value to print and to rank?
  status text,
  covered bigint, coverable bigint,   -- coverage = covered / coverable
  note text,
  counts jsonb,          -- nation: agencies by status
  population bigint, population_id int,    -- how many agencies count, by which list
  possible bigint,       -- the numerator if all that is unknown held; null: not known
  unsent bigint);        -- dossiers the agency counts but did not send

-- What readers get (observations.sql).
CREATE TYPE observation AS (
  period text, indicator text, ordinal int, agency_id int, agency text,
  numerator bigint, denominator bigint, provided bigint,
  value text,            -- six decimals, or a whole number for places; null: none
  percent text,          -- two decimals; null for places and where there is no value
  target text, target_percent text, target_id text,
  target_numerator bigint, target_denominator bigint, direction text,
  status text, rank int, tied boolean, tie_group int, unranked_reason text,
  coverage text, coverage_percent text, maturity text, version int,
  gap bigint,            -- units still missing to the target, the denominator as it is
  ranked_group text,     -- central or province; null outside the population
  in_population boolean, recast boolean, verified boolean,
  counts jsonb,          -- nation: agencies by status
  low text, high text,   -- Wilson 95% interval, percent
  note text,             -- unreconciled, records_begin, closed
  population bigint, population_id int,    -- how many agencies count, by which list
  -- What the figure can still become (ranks.sql): nothing that is missing holds, or all.
  numerator_low bigint, numerator_high bigint, bound_denominator bigint,
  low_bound text, high_bound text,    -- six decimals; null: nothing is missing, or unknown
  rank_best int, rank_worst int);     -- the places those bounds allow

-- A figure that was restated, and one of the causes (ledger.sql).
CREATE TYPE ledger_line AS (
  period text,
  place bigint,          -- of the step between two vintages
  line bigint,           -- within the step
  first bigint,          -- the vintage before
  second bigint,         -- and after; null: now
  published_at timestamptz,   -- of the one after
  agency text, indicator text,
  old_numerator bigint, old_denominator bigint, old_percent text, old_value text,
  old_status text, old_rank bigint,
  new_numerator bigint, new_denominator bigint, new_percent text, new_value text,
  new_status text, new_rank bigint,
  cause text, batch bigint);
