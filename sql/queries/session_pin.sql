-- What every connection starts with.
-- $1 statement timeout, $2 lock timeout, $3 timeout of an idle transaction, $4 role.
-- The role comes last: it may not be allowed to ask for what stands before.
SELECT set_config('search_path', 'nq17, pg_catalog', false),
       set_config('TimeZone', 'Asia/Ho_Chi_Minh', false),
       set_config('DateStyle', 'ISO, YMD', false),
       set_config('IntervalStyle', 'postgres', false),
       set_config('bytea_output', 'hex', false),
       set_config('jit', 'off', false),
       set_config('statement_timeout', $1, false),
       set_config('lock_timeout', $2, false),
       set_config('idle_in_transaction_session_timeout', $3, false),
       set_config('role', $4, false)
