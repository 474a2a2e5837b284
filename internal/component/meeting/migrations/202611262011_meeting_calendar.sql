-- +goose Up
-- The address of a person's calendar holds a secret: its hash is kept, one per account.
CREATE TABLE meeting_calendar (
  account_id BIGINT PRIMARY KEY REFERENCES account (id),
  token_hash TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
