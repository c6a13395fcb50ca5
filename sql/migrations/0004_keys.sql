-- 0004_keys.sql -- who may send over HTTP, and what was taken from whom.

-- A key speaks for one row of the register and for its predecessors.  The secret itself
-- is printed once and kept nowhere: 256 random bits need no slow hash.
CREATE TABLE api_key (
  key_id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agency_id    int NOT NULL REFERENCES agency,
  sha256       text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),  -- of the secret
  types        text[] NOT NULL CHECK (cardinality(types) > 0),   -- what it may send
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz,                  -- null: never
  last_used_at timestamptz,                  -- to the minute
  revoked_at   timestamptz
);

-- A body that was received whole, noted before it is handed to the collector.  The same
-- idempotency key of the same API key always means the same delivery, so it is committed
-- once however often it is sent.
CREATE TABLE http_delivery (
  delivery        text PRIMARY KEY,          -- batch.delivery
  key_id          int NOT NULL REFERENCES api_key,
  idempotency_key text,
  asked           text NOT NULL,             -- type, format, dry_run, ...
  sha256          text NOT NULL,             -- of the body as it came
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (key_id, idempotency_key)
);
CREATE INDEX http_delivery_created ON http_delivery (created_at);
