-- +goose Up
-- A question put to the room: a quiz or a poll, which decides nothing. options is a JSON list of
-- {label, right}; hidden is a JSON list of words that are not shown. item_id is an item of the
-- agenda, 0 for none.
CREATE TABLE poll (
  id          BIGINT PRIMARY KEY,
  space_id    BIGINT NOT NULL REFERENCES space (id),
  item_id     BIGINT NOT NULL,
  position    BIGINT NOT NULL,
  question    TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('single', 'multiple', 'scale', 'words', 'ranking')),
  options     TEXT NOT NULL,
  fewest      BIGINT NOT NULL,
  most        BIGINT NOT NULL,
  steps       BIGINT NOT NULL,
  low         TEXT NOT NULL,
  high        TEXT NOT NULL,
  method      TEXT NOT NULL,
  named       BIGINT NOT NULL,
  held        BIGINT NOT NULL,
  seconds     BIGINT NOT NULL,
  explanation TEXT NOT NULL,
  minutes     BIGINT NOT NULL,
  hidden      TEXT NOT NULL DEFAULT '[]',
  state       TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed')),
  shown       BIGINT NOT NULL DEFAULT 0,
  opened_at   BIGINT,
  closes_at   BIGINT,
  closed_at   BIGINT
);
CREATE INDEX poll_space ON poll (space_id, position);
CREATE INDEX poll_state ON poll (state, closes_at);

-- What was answered to an anonymous poll: how often each answer was given, in one line whose keys are
-- sorted. Nothing says who gave which, nor in what order. Of a poll by name it is only what those
-- who answer take in turn.
CREATE TABLE poll_box (
  poll_id  BIGINT PRIMARY KEY REFERENCES poll (id),
  answered BIGINT NOT NULL,
  counts   TEXT NOT NULL
);

-- Who has answered an anonymous poll, and may not again.
CREATE TABLE poll_taker (
  poll_id    BIGINT NOT NULL REFERENCES poll (id),
  account_id BIGINT NOT NULL,
  PRIMARY KEY (poll_id, account_id)
);
CREATE INDEX poll_taker_account ON poll_taker (account_id);

-- Answers to a poll by name: JSON lists.
CREATE TABLE poll_answer (
  poll_id    BIGINT NOT NULL REFERENCES poll (id),
  account_id BIGINT NOT NULL,
  name       TEXT NOT NULL,
  answer     TEXT NOT NULL,
  PRIMARY KEY (poll_id, account_id)
);
CREATE INDEX poll_answer_account ON poll_answer (account_id);
