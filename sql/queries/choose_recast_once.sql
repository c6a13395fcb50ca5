-- Whoever asks in this transaction asks on today's agencies.
SELECT set_config('nq17.recast', 'true', true)
