-- +goose Up
-- Whether a space's session is recorded, how long what is recorded is kept, whether it goes into the
-- legal file, and since when its replay is open to those who may see the space.
CREATE TABLE replay (
  space_id     BIGINT PRIMARY KEY REFERENCES space (id),
  recording    BOOLEAN NOT NULL,
  keep_days    BIGINT NOT NULL,
  legal        BOOLEAN NOT NULL,
  published_at BIGINT -- NULL: it is not
);

-- What people answered when they were asked whether their voice may be recorded.
CREATE TABLE replay_answer (
  space_id   BIGINT NOT NULL REFERENCES space (id),
  account_id BIGINT NOT NULL REFERENCES account (id),
  agrees     BOOLEAN NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (space_id, account_id)
);

-- The recorded voice of somebody who had the floor since then; a speech is in two where something
-- stopped in between. As long as it is written, file is its name in a node's folder; afterwards
-- file_key is its key in the store of files.
CREATE TABLE replay_speech (
  id         BIGINT PRIMARY KEY,
  space_id   BIGINT NOT NULL REFERENCES space (id),
  account_id BIGINT NOT NULL REFERENCES account (id),
  since      BIGINT NOT NULL,
  begun      BIGINT NOT NULL, -- when the file's clock began
  lasts      BIGINT NOT NULL, -- milliseconds; 0 as long as it is written
  file       TEXT NOT NULL,
  file_key   TEXT NOT NULL,
  size       BIGINT NOT NULL
);
CREATE INDEX replay_speech_space ON replay_speech (space_id, begun, id);
CREATE UNIQUE INDEX replay_speech_written ON replay_speech (space_id, account_id, since) WHERE file_key = '';
