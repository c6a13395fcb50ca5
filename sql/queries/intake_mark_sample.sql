-- The store holds samples from now on, for good.
UPDATE store SET sample = true WHERE NOT sample
