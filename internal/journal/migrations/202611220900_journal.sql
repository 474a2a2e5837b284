-- +goose Up
-- Append-only and hash-chained. What an event says (payload, salt) can be erased; its
-- digest stays, so that the chain still verifies. seq and hash are NULL for what is
-- stored but not yet chained.
CREATE TABLE journal (
  id       BIGINT PRIMARY KEY,
  seq      BIGINT UNIQUE,
  at       BIGINT NOT NULL,
  kind     TEXT NOT NULL,
  space_id BIGINT NOT NULL,
  subject  TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  payload  TEXT,
  salt     TEXT,
  digest   TEXT NOT NULL,
  hash     TEXT
);
CREATE INDEX journal_space ON journal (space_id, seq);
CREATE INDEX journal_subject ON journal (subject, id);

-- How far each reader of the journal has come.
CREATE TABLE journal_cursor (
  reader TEXT PRIMARY KEY,
  seq    BIGINT NOT NULL
);
