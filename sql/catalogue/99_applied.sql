-- 99_applied.sql -- the catalogue changed now: live figures are as of at least this.
UPDATE store SET catalogue_at = now();
