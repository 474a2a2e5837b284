-- +goose Up
-- Who types what is said, in which language.
CREATE TABLE stage_captioner (
  space_id   BIGINT NOT NULL REFERENCES space (id),
  lang       TEXT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES account (id),
  PRIMARY KEY (space_id, lang, account_id)
);

CREATE TABLE stage_caption (
  id       BIGINT PRIMARY KEY,
  space_id BIGINT NOT NULL REFERENCES space (id),
  lang     TEXT NOT NULL,
  text     TEXT NOT NULL,
  typed_by BIGINT NOT NULL,
  typed_at BIGINT NOT NULL
);
CREATE INDEX stage_caption_space ON stage_caption (space_id, lang, id);
