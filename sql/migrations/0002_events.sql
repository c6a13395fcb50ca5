-- 0002_events.sql -- the CloudEvents that were taken, so that one that comes again is
-- known whatever it says (DESIGN 6.2).  Refused events are not remembered: they may be
-- mended and sent again.

CREATE TABLE event_seen (
  agency_id int NOT NULL,                    -- of its record; 0 where that has none
  source    text NOT NULL,
  id        text NOT NULL,
  batch_id  bigint NOT NULL REFERENCES batch,
  PRIMARY KEY (agency_id, source, id)
);
-- The same event may come back naming another agency.
CREATE INDEX event_seen_id ON event_seen (source, id);
