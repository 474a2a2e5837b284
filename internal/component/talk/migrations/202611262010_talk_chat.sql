-- +goose Up
ALTER TABLE talk ADD COLUMN chat_closed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE talk ADD COLUMN private BIGINT NOT NULL DEFAULT 0;
ALTER TABLE talk ADD COLUMN slow BIGINT NOT NULL DEFAULT 0;
ALTER TABLE talk ADD COLUMN minutes_chat BIGINT NOT NULL DEFAULT 0;

-- What is written in a session. room: 'all', 'lead' (between those who lead and party_id), 'private'
-- (between author_id and party_id). A message that its author took back, or whose author was erased,
-- has no text. It is no event of the journal: whoever wrote it may destroy it.
CREATE TABLE talk_message (
  id         BIGINT PRIMARY KEY,
  space_id   BIGINT NOT NULL REFERENCES space (id),
  room       TEXT NOT NULL CHECK (room IN ('all', 'lead', 'private')),
  author_id  BIGINT NOT NULL,
  name       TEXT NOT NULL,
  party_id   BIGINT NOT NULL,
  party_name TEXT NOT NULL,
  text       TEXT NOT NULL,
  at         BIGINT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('shown', 'hidden', 'gone')),
  reason     TEXT NOT NULL
);
CREATE INDEX talk_message_room ON talk_message (space_id, room, id);
CREATE INDEX talk_message_author ON talk_message (author_id, at);
CREATE INDEX talk_message_party ON talk_message (party_id);

CREATE TABLE talk_report (
  message_id BIGINT NOT NULL REFERENCES talk_message (id),
  account_id BIGINT NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (message_id, account_id)
);

-- Who may not write in a space for the time being.
CREATE TABLE talk_mute (
  space_id   BIGINT NOT NULL REFERENCES space (id),
  account_id BIGINT NOT NULL,
  name       TEXT NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (space_id, account_id)
);

-- How many reacted in a second, and how: nobody's name.
CREATE TABLE talk_reaction (
  space_id BIGINT NOT NULL REFERENCES space (id),
  kind     TEXT NOT NULL,
  at       BIGINT NOT NULL,
  n        BIGINT NOT NULL,
  PRIMARY KEY (space_id, kind, at)
);
