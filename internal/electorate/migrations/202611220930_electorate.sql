-- +goose Up
-- The statutes in force for a space: the text people edit, as it stands.
CREATE TABLE statutes (
  space_id   BIGINT PRIMARY KEY REFERENCES space (id),
  text       TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);

-- The electoral roll: who is entitled, in which college, with how many votes, as the
-- register stood when the roll was closed. votes is an exact fraction, "3" or "1/2".
CREATE TABLE elector (
  space_id  BIGINT NOT NULL REFERENCES space (id),
  member_id BIGINT NOT NULL REFERENCES member (id),
  number    TEXT NOT NULL,
  name      TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  domicile  TEXT NOT NULL,
  college   TEXT NOT NULL,
  shares    BIGINT NOT NULL,
  votes     TEXT NOT NULL,
  PRIMARY KEY (space_id, member_id)
);
CREATE INDEX elector_member ON elector (member_id, space_id);
CREATE INDEX elector_name ON elector (space_id, sort_name, member_id);

-- Proxies. A principal has at most one that stands (offered or accepted) per space.
CREATE TABLE proxy (
  id           BIGINT PRIMARY KEY,
  space_id     BIGINT NOT NULL REFERENCES space (id),
  principal_id BIGINT NOT NULL REFERENCES member (id),
  holder_id    BIGINT REFERENCES member (id),
  state        TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'refused', 'withdrawn')),
  origin       TEXT NOT NULL CHECK (origin IN ('online', 'paper')),
  blank        BOOLEAN NOT NULL,
  scan         TEXT NOT NULL,
  given_at     BIGINT NOT NULL,
  answered_at  BIGINT,
  ended_at     BIGINT,
  end_reason   TEXT NOT NULL,
  CHECK (holder_id IS NULL OR holder_id <> principal_id)
);
CREATE UNIQUE INDEX proxy_standing ON proxy (space_id, principal_id) WHERE state IN ('offered', 'accepted');
CREATE INDEX proxy_holder ON proxy (space_id, holder_id, state);

-- How each elector took part: in the room, by paper ballot, or at a distance (online).
-- A represented elector is found through the proxy.
CREATE TABLE attendance (
  space_id  BIGINT NOT NULL,
  member_id BIGINT NOT NULL,
  mode      TEXT NOT NULL CHECK (mode IN ('room', 'paper', 'online')),
  at        BIGINT NOT NULL,
  PRIMARY KEY (space_id, member_id, mode),
  FOREIGN KEY (space_id, member_id) REFERENCES elector (space_id, member_id)
);
