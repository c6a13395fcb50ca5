-- $1 login, $2 role, $3 agency_id, each empty for nobody.  For this transaction only.
SELECT set_config('nq17.user', $1, true), set_config('nq17.role', $2, true),
       set_config('nq17.agency', $3, true)
