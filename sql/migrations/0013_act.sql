-- 0013_act.sql -- tasks with their outcome, days off, and the ledger of audits.

-- ---------------------------------------------------------------- milestones

-- A yearly task has an instance for each year; of any other the year is 0.
ALTER TABLE milestone ADD year int NOT NULL DEFAULT 0;
UPDATE milestone m SET year = extract(year FROM m.due)
  FROM task t WHERE t.task = m.task AND t.kind = 'yearly' AND m.due IS NOT NULL;
ALTER TABLE milestone DROP CONSTRAINT milestone_pkey, ADD PRIMARY KEY (agency_id, task, year);

-- The same of the versions that are kept as JSON.
DO $$
DECLARE
  home text;
BEGIN
  FOREACH home IN ARRAY '{record_history,record_echo,record_withdrawn}'::text[] LOOP
    EXECUTE format($sql$
      UPDATE %I r SET key = r.key || '|' || y.year, record = r.record || jsonb_build_object('year', y.year)
        FROM (SELECT x.ctid AS place,
                     CASE WHEN t.kind = 'yearly' AND x.record ->> 'due' IS NOT NULL
                          THEN extract(year FROM (x.record ->> 'due')::date)::int ELSE 0 END AS year
                FROM %1$I x LEFT JOIN task t ON t.task = x.record ->> 'task'
               WHERE x.type = 'milestone') y
       WHERE r.ctid = y.place
    $sql$, home);
  END LOOP;
END $$;

ALTER TABLE task
  -- When it was done, as far as the catalogue knows; the last day of a month that is all
  -- that is known.  outcome_source says from where.
  ADD outcome_on date,
  -- The act that the text asks for: something to be submitted is done once it is.
  ADD done_by text NOT NULL DEFAULT 'completed' CHECK (done_by IN ('submitted', 'completed'));

-- ---------------------------------------------------------------- days off

-- Public holidays that fall, or are moved, onto working days.  A year is known once the
-- days that the Government fixes for it (the lunar ones, those in lieu) were read somewhere.
CREATE TABLE holiday (
  day      date PRIMARY KEY,
  name_vi  text NOT NULL,
  name_en  text NOT NULL,
  verified boolean NOT NULL,
  source   text NOT NULL
);

-- ---------------------------------------------------------------- audits

CREATE TABLE audit_run (
  audit_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  begun_at    timestamptz NOT NULL,
  ended_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  whole       boolean NOT NULL,              -- every agency, or a few at random
  nightly     boolean NOT NULL,
  figures     bigint NOT NULL,
  differences bigint NOT NULL
);
CREATE INDEX audit_run_ended ON audit_run (ended_at);
