-- Puts the key on again.
SELECT first_load_end()
