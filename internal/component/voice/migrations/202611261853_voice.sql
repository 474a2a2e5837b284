-- +goose Up
-- How voice and video are held in a space; without a line, as a space begins.
CREATE TABLE voice (
  space_id  BIGINT PRIMARY KEY REFERENCES space (id),
  mode      TEXT NOT NULL CHECK (mode IN ('floor', 'open')),
  cameras   BOOLEAN NOT NULL,
  locked_at BIGINT -- NULL: whoever may enter enters
);

-- The rooms in use: place 0 is the plenary, any other the table of that number. The name says nothing.
CREATE TABLE voice_room (
  space_id BIGINT NOT NULL REFERENCES space (id),
  place    BIGINT NOT NULL,
  name     TEXT NOT NULL UNIQUE,
  asked_at BIGINT NOT NULL, -- when somebody last asked to enter, to the minute
  PRIMARY KEY (space_id, place)
);

-- Under what name, drawn at random, an account is known in a space's rooms.
CREATE TABLE voice_person (
  space_id   BIGINT NOT NULL REFERENCES space (id),
  account_id BIGINT NOT NULL REFERENCES account (id),
  identity   TEXT NOT NULL UNIQUE,
  takes_part BOOLEAN NOT NULL, -- may be given a microphone, as of when they last entered
  entered_at BIGINT,           -- when they last entered; NULL: not yet, or sent away since
  banned_at  BIGINT,
  PRIMARY KEY (space_id, account_id)
);

-- How long each voice was heard: heard is what the server of rooms said last, counting from since;
-- counted is what of it fell into an open session.
CREATE TABLE voice_heard (
  space_id   BIGINT NOT NULL REFERENCES space (id),
  place      BIGINT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES account (id),
  since      BIGINT NOT NULL,
  heard      BIGINT NOT NULL, -- milliseconds
  counted    BIGINT NOT NULL, -- milliseconds
  PRIMARY KEY (space_id, account_id, place, since)
);

-- What each person tried in the rehearsal room, and with what result.
CREATE TABLE voice_rehearsal (
  space_id   BIGINT NOT NULL REFERENCES space (id),
  account_id BIGINT NOT NULL REFERENCES account (id),
  step       TEXT NOT NULL,
  passed     BOOLEAN NOT NULL,
  note       TEXT NOT NULL, -- what went wrong, in a word of ours; or the figures measured
  at         BIGINT NOT NULL,
  PRIMARY KEY (space_id, account_id, step)
);
