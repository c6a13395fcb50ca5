-- Figures on today's agencies, for the rest of the session.
SELECT set_config('nq17.recast', 'true', false)
