-- +goose Up
-- What an officer adds to a proxy entered from paper: the kind of its scan ('' without one) and,
-- when it was entered by mistake, why.
CREATE TABLE proxy_paper (
  proxy_id  BIGINT PRIMARY KEY REFERENCES proxy (id),
  scan_mime TEXT NOT NULL,
  cancelled TEXT NOT NULL
);
