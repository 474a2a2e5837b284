-- +goose Up
-- The attendance sheet once the bureau has closed it: what was signed, word for word. hash is
-- the SHA-256 of snapshot. certified_at is set by the last signature needed; then nothing changes.
CREATE TABLE attendance_sheet (
  space_id     BIGINT PRIMARY KEY REFERENCES space (id),
  closed_at    BIGINT NOT NULL,
  certified_at BIGINT,
  hash         TEXT NOT NULL,
  snapshot     TEXT NOT NULL
);

-- Signatures of the sheet's hash by members of the bureau.
CREATE TABLE attendance_signature (
  space_id   BIGINT NOT NULL REFERENCES attendance_sheet (space_id),
  account_id BIGINT NOT NULL,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (space_id, account_id)
);

-- The minutes of a space: version is the current one. Once approved, frozen is the whole
-- document and hash its SHA-256, and neither changes again.
CREATE TABLE minutes (
  space_id     BIGINT PRIMARY KEY REFERENCES space (id),
  state        TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved')),
  version      BIGINT NOT NULL,
  published    BOOLEAN NOT NULL,
  submitted_at BIGINT,
  approved_at  BIGINT,
  hash         TEXT NOT NULL,
  frozen       TEXT NOT NULL
);

-- Every version, whole. kind: drafted, edited, restored.
CREATE TABLE minutes_version (
  space_id   BIGINT NOT NULL REFERENCES minutes (space_id),
  number     BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  author     TEXT NOT NULL,
  kind       TEXT NOT NULL,
  content    TEXT NOT NULL,
  PRIMARY KEY (space_id, number)
);

-- Approvals of the version submitted, by members of the bureau.
CREATE TABLE minutes_approval (
  space_id   BIGINT NOT NULL REFERENCES minutes (space_id),
  account_id BIGINT NOT NULL,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (space_id, account_id)
);

-- What is corrected after the approval: notes added, never a changed text.
CREATE TABLE minutes_rectification (
  space_id   BIGINT NOT NULL REFERENCES minutes (space_id),
  number     BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  author     TEXT NOT NULL,
  text       TEXT NOT NULL,
  PRIMARY KEY (space_id, number)
);
