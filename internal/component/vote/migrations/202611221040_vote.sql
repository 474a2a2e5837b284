-- +goose Up
-- A series: resolutions put to the vote together, between two announced moments. call is 1
-- for the first convocation, 2 for the second.
CREATE TABLE vote_series (
  id         BIGINT PRIMARY KEY,
  space_id   BIGINT NOT NULL REFERENCES space (id),
  title      TEXT NOT NULL,
  call       BIGINT NOT NULL,
  opens_at   BIGINT,
  closes_at  BIGINT,
  opened_at  BIGINT,
  closed_at  BIGINT,
  names      BOOLEAN NOT NULL,
  paper      BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX vote_series_space ON vote_series (space_id, id);
CREATE INDEX vote_series_clock ON vote_series (closed_at, opens_at);

CREATE TABLE vote_resolution (
  id          BIGINT PRIMARY KEY,
  series_id   BIGINT NOT NULL REFERENCES vote_series (id),
  space_id    BIGINT NOT NULL REFERENCES space (id),
  number      BIGINT NOT NULL,
  title       TEXT NOT NULL,
  text        TEXT NOT NULL,
  origin      TEXT NOT NULL,
  form        TEXT NOT NULL CHECK (form IN ('motion', 'choice', 'election')),
  rule        TEXT NOT NULL,
  max_choices BIGINT NOT NULL,
  seats       BIGINT NOT NULL,
  chair       TEXT NOT NULL,
  seed        TEXT NOT NULL,
  UNIQUE (series_id, number)
);

CREATE TABLE vote_option (
  resolution_id BIGINT NOT NULL REFERENCES vote_resolution (id),
  position      BIGINT NOT NULL,
  key           TEXT NOT NULL,
  label         TEXT NOT NULL,
  about         TEXT NOT NULL,
  born          TEXT NOT NULL,
  PRIMARY KEY (resolution_id, key)
);

-- Open ballots: by name, like a show of hands. One per elector and resolution, whoever cast
-- it; a secret ballot never comes here, it has tables in which no voter stands.
CREATE TABLE vote_ballot (
  resolution_id BIGINT NOT NULL REFERENCES vote_resolution (id),
  member_id     BIGINT NOT NULL,
  choice        TEXT NOT NULL,
  cast_by       BIGINT NOT NULL,
  by_proxy      BOOLEAN NOT NULL,
  cast_at       BIGINT NOT NULL,
  receipt       TEXT NOT NULL,
  PRIMARY KEY (resolution_id, member_id)
);
CREATE INDEX vote_ballot_member ON vote_ballot (member_id, resolution_id);

-- Electors who voted on paper: they vote by no other path in the series.
CREATE TABLE vote_paper_voter (
  series_id  BIGINT NOT NULL REFERENCES vote_series (id),
  member_id  BIGINT NOT NULL,
  entered_by BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (series_id, member_id)
);

-- Paper ballots as each scrutineer counted them, in votes, per college: figures is a JSON
-- object of choice to exact fraction.
CREATE TABLE vote_paper_count (
  resolution_id BIGINT NOT NULL REFERENCES vote_resolution (id),
  college       TEXT NOT NULL,
  scrutineer    BIGINT NOT NULL REFERENCES account (id),
  figures       TEXT NOT NULL,
  at            BIGINT NOT NULL,
  PRIMARY KEY (resolution_id, college, scrutineer)
);

CREATE TABLE vote_result (
  resolution_id BIGINT PRIMARY KEY REFERENCES vote_resolution (id),
  decided_at    BIGINT NOT NULL,
  result        TEXT NOT NULL
);

-- Receipts to be mailed, gathered so that a person gets one mail and not eight.
CREATE TABLE vote_receipt_due (
  series_id  BIGINT NOT NULL REFERENCES vote_series (id),
  account_id BIGINT NOT NULL REFERENCES account (id),
  due_at     BIGINT NOT NULL,
  PRIMARY KEY (series_id, account_id)
);
