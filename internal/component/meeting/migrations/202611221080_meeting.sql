-- +goose Up
-- A space's live session: seq is the number of its last event. The events themselves are in the
-- journal; meeting_event gives each its number in the session, since on PostgreSQL the journal's
-- own order is given after the commit.
CREATE TABLE meeting (
  space_id BIGINT PRIMARY KEY REFERENCES space (id),
  seq      BIGINT NOT NULL
);
CREATE TABLE meeting_event (
  space_id BIGINT NOT NULL REFERENCES meeting (space_id),
  seq      BIGINT NOT NULL,
  event_id BIGINT NOT NULL,
  PRIMARY KEY (space_id, seq)
);
