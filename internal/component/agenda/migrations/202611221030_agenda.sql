-- +goose Up
CREATE TABLE agenda_item (
  id       BIGINT PRIMARY KEY,
  space_id BIGINT NOT NULL REFERENCES space (id),
  position BIGINT NOT NULL,
  title    TEXT NOT NULL,
  text     TEXT NOT NULL,
  speaker  TEXT NOT NULL,
  minutes  BIGINT NOT NULL CHECK (minutes >= 0)
);
CREATE INDEX agenda_item_space ON agenda_item (space_id, position);

-- Documents put at everybody's disposal: the file lies in the store of files under file_key,
-- which is the SHA-256 of its content. item_id is NULL for a document of the space as a whole.
CREATE TABLE agenda_document (
  id       BIGINT PRIMARY KEY,
  space_id BIGINT NOT NULL REFERENCES space (id),
  item_id  BIGINT REFERENCES agenda_item (id),
  title    TEXT NOT NULL,
  name     TEXT NOT NULL,
  mime     TEXT NOT NULL,
  size     BIGINT NOT NULL,
  file_key TEXT NOT NULL,
  added_by BIGINT NOT NULL,
  added_at BIGINT NOT NULL
);
CREATE INDEX agenda_document_space ON agenda_document (space_id, id);
