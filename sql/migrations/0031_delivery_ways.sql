-- 0031_delivery_ways.sql -- the ways out that pages may choose from, and mails by their number.
--
-- Whoever makes a schedule on a page names addresses of mail, and no path or server: those,
-- with the file of their credentials, are set up on the machine (nq17 schedule way).
CREATE TABLE delivery_way (
  way_id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  owner_id    int NOT NULL,                  -- whose schedules may use it; 0: the Office of the Government
  recipient   text NOT NULL,                 -- folder:/path, https://..., with {agency} where it is each one's
  credential_file text,
  added_by    text NOT NULL,
  added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at  timestamptz
);
CREATE UNIQUE INDEX delivery_way_name ON delivery_way (owner_id, name) WHERE removed_at IS NULL;

-- What comes back names the mail by its number.
CREATE INDEX outbox_message ON outbox (message_id) WHERE message_id IS NOT NULL;
