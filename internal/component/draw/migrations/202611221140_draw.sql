-- +goose Up
-- A draw by lot: who may be drawn lies in draw_volunteer, under numbers; who they are lies
-- in draw_person only, which is emptied at erase_at.
CREATE TABLE draw (
  id              BIGINT PRIMARY KEY,
  space_id        BIGINT NOT NULL REFERENCES space (id),
  title           TEXT NOT NULL,
  size            BIGINT NOT NULL CHECK (size > 0),
  objective       TEXT NOT NULL,
  panels          BIGINT NOT NULL CHECK (panels > 0),
  one_per_address BOOLEAN NOT NULL,
  categories      TEXT NOT NULL, -- JSON: names, values, quotas, shares of the population
  consent         TEXT NOT NULL, -- what volunteers agree to
  closes_at       BIGINT,        -- of the application form; NULL: it was never opened
  erase_at        BIGINT NOT NULL,
  erased_at       BIGINT,
  revision        BIGINT NOT NULL, -- moves with the volunteers, the quotas and the rules
  checked         TEXT NOT NULL,   -- JSON: what a check of the quotas found, at which revision
  created_at      BIGINT NOT NULL
);
CREATE INDEX draw_space ON draw (space_id, id);

CREATE TABLE draw_volunteer (
  id          BIGINT PRIMARY KEY,
  draw_id     BIGINT NOT NULL REFERENCES draw (id),
  number      BIGINT NOT NULL, -- drawn at random: it tells neither order nor place
  confirmed   BOOLEAN NOT NULL,
  seated      BOOLEAN NOT NULL, -- in the panel as it stands
  answer      TEXT NOT NULL CHECK (answer IN ('', 'accepted', 'declined')),
  invited_at  BIGINT,
  answered_at BIGINT,
  UNIQUE (draw_id, number)
);

CREATE TABLE draw_trait (
  draw_id      BIGINT NOT NULL,
  volunteer_id BIGINT NOT NULL REFERENCES draw_volunteer (id),
  category     TEXT NOT NULL,
  value        TEXT NOT NULL,
  PRIMARY KEY (volunteer_id, category)
);
CREATE INDEX draw_trait_value ON draw_trait (draw_id, category, value);

CREATE TABLE draw_person (
  volunteer_id BIGINT PRIMARY KEY REFERENCES draw_volunteer (id),
  draw_id      BIGINT NOT NULL REFERENCES draw (id),
  name         TEXT NOT NULL,
  email        TEXT NOT NULL,
  contact      TEXT NOT NULL,
  address      TEXT NOT NULL,
  language     TEXT NOT NULL,
  consented_at BIGINT,
  wrote_at     BIGINT -- when a link was last sent
);
CREATE UNIQUE INDEX draw_person_email ON draw_person (draw_id, email) WHERE email <> '';

-- A file of volunteers whose columns are being chosen.
CREATE TABLE draw_upload (
  draw_id BIGINT PRIMARY KEY REFERENCES draw (id),
  content TEXT NOT NULL,
  at      BIGINT NOT NULL
);

-- A round is one lottery with its list and its number: the first draws the panel, the others
-- fill the seats of those who decline.
CREATE TABLE draw_round (
  id           BIGINT PRIMARY KEY,
  draw_id      BIGINT NOT NULL REFERENCES draw (id),
  ordinal      BIGINT NOT NULL,
  state        TEXT NOT NULL,
  objective    TEXT NOT NULL,
  panels       BIGINT NOT NULL,
  options      TEXT NOT NULL, -- JSON: sortition.Options
  seed         TEXT NOT NULL,
  pool         TEXT NOT NULL, -- the files of the draw, byte for byte
  quotas       TEXT NOT NULL,
  run          BIGINT NOT NULL,
  beat_at      BIGINT,
  gap          DOUBLE PRECISION NOT NULL,
  stop         BOOLEAN NOT NULL,
  failure      TEXT NOT NULL,
  report       TEXT NOT NULL,
  summary      TEXT NOT NULL, -- JSON: what pages show of the report
  method       TEXT NOT NULL, -- JSON: where the number comes from
  published_at BIGINT,
  number       BIGINT,
  drawn_at     BIGINT,
  created_at   BIGINT NOT NULL,
  UNIQUE (draw_id, ordinal)
);

CREATE TABLE draw_chance (
  round_id     BIGINT NOT NULL REFERENCES draw_round (id),
  volunteer_id BIGINT NOT NULL REFERENCES draw_volunteer (id),
  place        BIGINT NOT NULL, -- line of the pool, from 0
  chance       DOUBLE PRECISION NOT NULL,
  usual        DOUBLE PRECISION NOT NULL, -- by the usual method, simulated; negative: not known
  drawn        BOOLEAN NOT NULL,
  PRIMARY KEY (round_id, volunteer_id)
);

CREATE TABLE draw_throw (
  id       BIGINT PRIMARY KEY,
  round_id BIGINT NOT NULL REFERENCES draw_round (id),
  shows    BIGINT NOT NULL,
  actor_id BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  struck   BOOLEAN NOT NULL
);
CREATE INDEX draw_throw_round ON draw_throw (round_id, id);
