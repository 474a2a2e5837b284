-- +goose Up
-- A film: a file in the store of files, or else an address from which each browser takes it.
CREATE TABLE stage_film (
  id        BIGINT PRIMARY KEY,
  space_id  BIGINT NOT NULL REFERENCES space (id),
  title     TEXT NOT NULL,
  name      TEXT NOT NULL,
  mime      TEXT NOT NULL,
  file_key  TEXT NOT NULL,
  url       TEXT NOT NULL,
  subtitles TEXT NOT NULL,
  lang      TEXT NOT NULL,
  added_by  BIGINT NOT NULL,
  added_at  BIGINT NOT NULL,
  shown_at  BIGINT
);
CREATE INDEX stage_film_space ON stage_film (space_id, id);

-- Where the film was at played_at, in milliseconds, and whether it has run since.
ALTER TABLE stage ADD COLUMN playing BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE stage ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stage ADD COLUMN played_at BIGINT;
