-- +goose Up
CREATE TABLE space (
  id          BIGINT PRIMARY KEY,
  slug        TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL CHECK (kind IN ('general-assembly', 'citizens-assembly', 'process', 'group')),
  parent_id   BIGINT REFERENCES space (id),
  title       TEXT NOT NULL,
  kicker      TEXT NOT NULL,
  summary     TEXT NOT NULL,
  place       TEXT NOT NULL,
  visibility  TEXT NOT NULL CHECK (visibility IN ('public', 'members', 'participants')),
  time_zone   TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  archived_at BIGINT
);

-- Dated steps. ends_at may be NULL (a moment rather than a period).
CREATE TABLE phase (
  id        BIGINT PRIMARY KEY,
  space_id  BIGINT NOT NULL REFERENCES space (id),
  position  BIGINT NOT NULL,
  key       TEXT NOT NULL,
  title     TEXT NOT NULL,
  starts_at BIGINT,
  ends_at   BIGINT
);
CREATE INDEX phase_space ON phase (space_id, position);

-- space_id 0 stands for the whole organisation.
CREATE TABLE role (
  space_id   BIGINT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES account (id),
  role       TEXT NOT NULL CHECK (role IN ('administrator', 'officer', 'chair', 'scrutineer', 'facilitator', 'expert', 'assistant', 'participant', 'observer')),
  PRIMARY KEY (account_id, space_id, role)
);
CREATE INDEX role_space ON role (space_id, role);
