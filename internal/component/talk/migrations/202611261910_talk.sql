-- +goose Up
-- How people write to each other in a space; a space without a row has what the program gives.
-- screen_question is the question shown to everybody, 0 for none.
CREATE TABLE talk (
  space_id          BIGINT PRIMARY KEY REFERENCES space (id),
  questions_closed  BIGINT NOT NULL DEFAULT 0,
  minutes_questions BIGINT NOT NULL DEFAULT 1,
  screen_question   BIGINT NOT NULL DEFAULT 0
);

-- Questions put to the assembly. item_id is an item of the agenda, 0 for none or for one that was
-- taken off. event_id is the event that says the question: what it says can be erased.
CREATE TABLE talk_question (
  id          BIGINT PRIMARY KEY,
  space_id    BIGINT NOT NULL REFERENCES space (id),
  item_id     BIGINT NOT NULL,
  author_id   BIGINT NOT NULL,
  name        TEXT NOT NULL,
  text        TEXT NOT NULL,
  asked_at    BIGINT NOT NULL,
  event_id    BIGINT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('open', 'answered', 'aside', 'merged')),
  merged_into BIGINT NOT NULL DEFAULT 0,
  answer      TEXT NOT NULL DEFAULT '',
  reason      TEXT NOT NULL DEFAULT '',
  settled_by  TEXT NOT NULL DEFAULT '',
  settled_at  BIGINT
);
CREATE INDEX talk_question_space ON talk_question (space_id, state);
CREATE INDEX talk_question_author ON talk_question (author_id);

-- Who supports a question: once each, withdrawn by taking the line away.
CREATE TABLE talk_support (
  question_id BIGINT NOT NULL REFERENCES talk_question (id),
  account_id  BIGINT NOT NULL,
  PRIMARY KEY (question_id, account_id)
);
CREATE INDEX talk_support_account ON talk_support (account_id);
