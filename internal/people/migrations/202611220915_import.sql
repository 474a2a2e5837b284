-- +goose Up
-- How a list of members is ordered: by name without accents, by number with its digits
-- counted ("M2" before "M10"). The indexes hold what a list filters on, so that only the
-- lines shown are read from the table.
ALTER TABLE member ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN sort_number TEXT NOT NULL DEFAULT '';
DROP INDEX member_name;
DROP INDEX member_college;
CREATE INDEX member_sort_name ON member (sort_name, id, college, left_on, search);
CREATE INDEX member_sort_number ON member (sort_number, id);

-- One import of the register from a file. options and counts are JSON. run is the attempt
-- that works on it and beat_at its last sign of life: an attempt that is silent has died,
-- and another may begin.
CREATE TABLE register_import (
  id          BIGINT PRIMARY KEY,
  actor_id    BIGINT NOT NULL,
  file_name   TEXT NOT NULL,
  size        BIGINT NOT NULL,
  sha256      TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('mapping', 'checking', 'checked', 'applying', 'applied')),
  options     TEXT NOT NULL,
  counts      TEXT NOT NULL,
  failure     TEXT NOT NULL,
  run         BIGINT NOT NULL,
  beat_at     BIGINT,
  done        BIGINT NOT NULL,
  total       BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  finished_at BIGINT
);

-- The file, in pieces, until the import is applied or given up.
CREATE TABLE register_import_piece (
  import_id BIGINT NOT NULL REFERENCES register_import (id),
  position  BIGINT NOT NULL,
  data      BYTEA NOT NULL,
  PRIMARY KEY (import_id, position)
);

-- The lines that were refused, and those that are accepted but deserve a look (warning).
-- reasons and cells are JSON.
CREATE TABLE register_import_issue (
  import_id BIGINT NOT NULL REFERENCES register_import (id),
  line      BIGINT NOT NULL,
  refused   BOOLEAN NOT NULL,
  number    TEXT NOT NULL,
  reasons   TEXT NOT NULL,
  cells     TEXT NOT NULL,
  PRIMARY KEY (import_id, refused, line)
);
CREATE INDEX register_import_issue_number ON register_import_issue (number);
