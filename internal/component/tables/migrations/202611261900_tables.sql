-- +goose Up
-- A round: the space's people split into tables, once. Only one is not closed.
CREATE TABLE tables_round (
  id         BIGINT PRIMARY KEY,
  space_id   BIGINT NOT NULL REFERENCES space (id),
  number     BIGINT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed')),
  mix        TEXT NOT NULL CHECK (mix IN ('random', 'balanced', 'choice', 'list')),
  seed       BIGINT NOT NULL,  -- with the people, it gives the seats
  apart      BOOLEAN NOT NULL, -- who has sat together before is kept apart
  late       BOOLEAN NOT NULL, -- who arrives late is seated by the program
  question   TEXT NOT NULL,    -- of the tables that have none of their own
  minutes    BIGINT NOT NULL CHECK (minutes >= 0),
  turn       BIGINT NOT NULL CHECK (turn >= 0), -- seconds one may speak; 0: no limit
  message    TEXT NOT NULL,    -- of those who lead, to every table
  message_at BIGINT,
  spotlight  BIGINT,           -- the card that everybody is shown
  created_at BIGINT NOT NULL,
  opened_at  BIGINT,
  back_at    BIGINT,           -- when everybody is back in plenary
  closed_at  BIGINT,
  UNIQUE (space_id, number)
);
CREATE UNIQUE INDEX tables_round_current ON tables_round (space_id) WHERE state <> 'closed';

CREATE TABLE tables_table (
  id         BIGINT PRIMARY KEY,
  round_id   BIGINT NOT NULL REFERENCES tables_round (id),
  number     BIGINT NOT NULL,
  topic      TEXT NOT NULL,
  question   TEXT NOT NULL,
  seats      BIGINT NOT NULL CHECK (seats >= 0), -- at most, where people choose; 0: no limit
  speaker_id BIGINT,           -- the account that has the floor
  since      BIGINT,
  tour       BOOLEAN NOT NULL, -- each speaks in turn, for as long as the others
  UNIQUE (round_id, number)
);

-- Who sits where. Somebody who leads and sits nowhere has a line while they visit a table.
CREATE TABLE tables_seat (
  round_id   BIGINT NOT NULL REFERENCES tables_round (id),
  account_id BIGINT NOT NULL REFERENCES account (id),
  table_id   BIGINT REFERENCES tables_table (id),
  visit_id   BIGINT REFERENCES tables_table (id),
  part       TEXT NOT NULL CHECK (part IN ('', 'facilitator', 'co-facilitator')),
  away       BOOLEAN NOT NULL, -- gone to the plenary
  hand_at    BIGINT,
  toured     BOOLEAN NOT NULL, -- has spoken in the present turn of the table
  spoken     BIGINT NOT NULL,  -- milliseconds, in speeches that are over
  PRIMARY KEY (round_id, account_id)
);
CREATE INDEX tables_seat_table ON tables_seat (table_id);
CREATE INDEX tables_seat_visit ON tables_seat (visit_id);
CREATE INDEX tables_seat_account ON tables_seat (account_id);

-- What a table writes. A card that came from another table keeps where it was born: origin_id.
CREATE TABLE tables_card (
  id         BIGINT PRIMARY KEY,
  round_id   BIGINT NOT NULL REFERENCES tables_round (id),
  table_id   BIGINT NOT NULL REFERENCES tables_table (id),
  author_id  BIGINT,
  origin_id  BIGINT REFERENCES tables_card (id),
  synthesis  BOOLEAN NOT NULL,
  position   BIGINT NOT NULL,
  revision   BIGINT NOT NULL,
  text       TEXT NOT NULL,
  minutes    BOOLEAN NOT NULL, -- chosen for the minutes
  created_at BIGINT NOT NULL
);
CREATE INDEX tables_card_table ON tables_card (table_id, position);
CREATE INDEX tables_card_round ON tables_card (round_id);
CREATE INDEX tables_card_author ON tables_card (author_id);

-- A call for help, until somebody has answered or it is taken back.
CREATE TABLE tables_call (
  id           BIGINT PRIMARY KEY,
  round_id     BIGINT NOT NULL REFERENCES tables_round (id),
  table_id     BIGINT NOT NULL REFERENCES tables_table (id),
  account_id   BIGINT NOT NULL,
  at           BIGINT NOT NULL,
  answered_by  BIGINT,
  ended_at     BIGINT
);
CREATE UNIQUE INDEX tables_call_open ON tables_call (table_id) WHERE ended_at IS NULL;
CREATE INDEX tables_call_round ON tables_call (round_id);
