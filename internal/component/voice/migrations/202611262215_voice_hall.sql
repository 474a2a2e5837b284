-- +goose Up
-- A hall with people in it that takes part as one: under what name, drawn at random, the screen that an
-- account has connected is known in the plenary room.
CREATE TABLE voice_hall (
  space_id   BIGINT NOT NULL REFERENCES space (id),
  account_id BIGINT NOT NULL REFERENCES account (id),
  identity   TEXT NOT NULL UNIQUE,
  entered_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, account_id)
);
