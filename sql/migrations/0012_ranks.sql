-- 0012_ranks.sql -- what makes ranks honest, as data: who is comparable, peers, scores.

-- From which base on a figure is ranked.  Rows are added, never changed: the latest of an
-- indicator rules, else the latest for all (slug null).
CREATE TABLE rank_rule (
  rule_id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug             text REFERENCES indicator,
  minimum_base     bigint NOT NULL CHECK (minimum_base >= 1),     -- units of the denominator
  minimum_coverage int NOT NULL DEFAULT 0 CHECK (minimum_coverage BETWEEN 0 AND 100), -- percent
  reason_vi        text NOT NULL CHECK (reason_vi <> ''),
  reason_en        text NOT NULL CHECK (reason_en <> ''),
  set_by           text NOT NULL CHECK (set_by <> ''),
  set_at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO rank_rule (minimum_base, reason_vi, reason_en, set_by) VALUES
  (1, 'Các nguồn đã đọc không quy định mẫu số tối thiểu; số liệu nhỏ được in kèm khoảng tin cậy '
      '95% và nhóm đồng hạng, văn phòng có thể đặt mức cao hơn',
      'The sources that were read set no minimum; small bases are printed with their 95% '
      'interval and tie group, and the office may set a higher one', 'NQ17');

-- Whom an agency is fairly compared with, beside its own kind.  Membership is dated.
CREATE TABLE peer_group (
  peer_group text PRIMARY KEY,
  ordinal    int NOT NULL UNIQUE,
  name_vi    text NOT NULL,
  name_en    text NOT NULL,
  source     text NOT NULL
);
CREATE TABLE peer_member (
  peer_group text NOT NULL REFERENCES peer_group,
  agency_id  int NOT NULL REFERENCES agency,
  first_day  date NOT NULL,
  last_day   date NOT NULL CHECK (last_day >= first_day),
  source     text NOT NULL,
  PRIMARY KEY (peer_group, agency_id, first_day)
);

-- The rules by which agencies are put in an order over more than one indicator.  keys: what
-- is compared, first to last, more is better; where all are equal the place is shared.
CREATE TABLE score_rule (
  score    text PRIMARY KEY,
  keys     text[] NOT NULL CHECK (keys <@ ARRAY['met', 'attainment', 'points']),
  name_vi  text NOT NULL,
  name_en  text NOT NULL,
  rule_vi  text NOT NULL,                    -- in words, printed with the table
  rule_en  text NOT NULL,
  source   text NOT NULL
);
-- The parts whose points add up to a score, and the most each can give.
CREATE TABLE score_part (
  score    text NOT NULL REFERENCES score_rule,
  part     text NOT NULL,
  ordinal  int NOT NULL,
  most     numeric NOT NULL CHECK (most > 0),
  name_vi  text NOT NULL,
  name_en  text NOT NULL,
  PRIMARY KEY (score, part)
);
-- Points as their owner published them: NQ17 adds them up, it does not make them.
CREATE TABLE score_point (
  score     text NOT NULL,
  part      text NOT NULL,
  agency_id int NOT NULL REFERENCES agency,
  period    text NOT NULL,
  points    numeric NOT NULL CHECK (points >= 0),
  source    text NOT NULL CHECK (source <> ''),
  loaded_by text NOT NULL CHECK (loaded_by <> ''),
  loaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (score, part, agency_id, period),
  FOREIGN KEY (score, part) REFERENCES score_part
);
