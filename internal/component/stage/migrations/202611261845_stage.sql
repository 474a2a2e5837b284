-- +goose Up
-- What a session shows everybody now: showing is '', 'deck', 'film' or 'resolution', subject its
-- id, page the page of a deck. presenter is an account, 0 for those who lead alone. A clock runs
-- until clock_ends.
CREATE TABLE stage (
  space_id      BIGINT PRIMARY KEY REFERENCES space (id),
  seq           BIGINT NOT NULL,
  showing       TEXT NOT NULL,
  subject       BIGINT NOT NULL,
  page          BIGINT NOT NULL,
  presenter     BIGINT NOT NULL,
  clock_text    TEXT NOT NULL,
  clock_ends    BIGINT
);

-- Slides: a PDF, whose pages become pictures. An attempt at that says every second that it is
-- alive; one that is silent is taken up again. shown_at is when people first saw it.
CREATE TABLE stage_deck (
  id         BIGINT PRIMARY KEY,
  space_id   BIGINT NOT NULL REFERENCES space (id),
  title      TEXT NOT NULL,
  name       TEXT NOT NULL,
  file_key   TEXT NOT NULL,
  size       BIGINT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'rendering', 'ready', 'failed')),
  failure    TEXT NOT NULL,
  attempts   BIGINT NOT NULL,
  run        BIGINT NOT NULL,
  beat_at    BIGINT,
  done       BIGINT NOT NULL,
  total      BIGINT NOT NULL,
  added_by   BIGINT NOT NULL,
  added_at   BIGINT NOT NULL,
  shown_at   BIGINT
);
CREATE INDEX stage_deck_space ON stage_deck (space_id, id);
CREATE INDEX stage_deck_state ON stage_deck (state, beat_at);

-- The pictures lie in the store of files, under the SHA-256 of their content.
CREATE TABLE stage_page (
  deck_id    BIGINT NOT NULL REFERENCES stage_deck (id),
  number     BIGINT NOT NULL,
  width      BIGINT NOT NULL,
  height     BIGINT NOT NULL,
  large_key  TEXT NOT NULL,
  large_mime TEXT NOT NULL,
  small_key  TEXT NOT NULL,
  small_mime TEXT NOT NULL,
  text       TEXT NOT NULL,
  folded     TEXT NOT NULL,
  PRIMARY KEY (deck_id, number)
);

-- What was drawn over a page: points is "x,y x,y …" in thousandths of its width and height.
CREATE TABLE stage_stroke (
  id       BIGINT PRIMARY KEY,
  deck_id  BIGINT NOT NULL REFERENCES stage_deck (id),
  page     BIGINT NOT NULL,
  points   TEXT NOT NULL,
  drawn_by BIGINT NOT NULL,
  drawn_at BIGINT NOT NULL
);
CREATE INDEX stage_stroke_page ON stage_stroke (deck_id, page, id);
