-- +goose Up
-- Who has a page of a session open, on whatever node, and until when that is believed: a node says so
-- again every few seconds for those on it.
CREATE TABLE meeting_seat (
  space_id   BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  until      BIGINT NOT NULL,
  PRIMARY KEY (space_id, account_id)
);
