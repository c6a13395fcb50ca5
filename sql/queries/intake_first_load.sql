-- Takes the key off, if the store has no dossiers and nobody looks at them.
SELECT first_load_begin()
