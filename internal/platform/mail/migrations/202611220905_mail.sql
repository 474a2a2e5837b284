-- +goose Up
-- The outgoing mails. due_at is when a mail may be taken: for one being sent, when its
-- lease ends; NULL once its fate is known, and what it said is then erased (an outbox
-- keeps it: it is there to be read).
CREATE TABLE mail (
  id              BIGINT PRIMARY KEY,
  kind            TEXT NOT NULL,
  ref             TEXT NOT NULL,
  urgent          BOOLEAN NOT NULL,
  to_name         TEXT NOT NULL,
  to_address      TEXT NOT NULL,
  reply_name      TEXT NOT NULL,
  reply_address   TEXT NOT NULL,
  subject         TEXT NOT NULL,
  body_text       TEXT NOT NULL,
  body_html       TEXT NOT NULL,
  unsubscribe_url TEXT NOT NULL,
  message_key     TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'later', 'sent', 'refused', 'outbox')),
  attempts        BIGINT NOT NULL DEFAULT 0,
  interrupted     BOOLEAN NOT NULL DEFAULT FALSE,
  reply           TEXT NOT NULL DEFAULT '',
  queued_at       BIGINT NOT NULL,
  due_at          BIGINT,
  done_at         BIGINT
);
CREATE INDEX mail_due ON mail (urgent DESC, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mail_state ON mail (state, id);
CREATE INDEX mail_to ON mail (to_address, id);

-- A file sent to a thousand people is kept once, in base64, until no mail needs it.
CREATE TABLE mail_file (
  sha256  TEXT PRIMARY KEY,
  content TEXT NOT NULL,
  used_at BIGINT NOT NULL
);
CREATE TABLE mail_attachment (
  mail_id  BIGINT NOT NULL REFERENCES mail (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  name     TEXT NOT NULL,
  type     TEXT NOT NULL,
  sha256   TEXT NOT NULL REFERENCES mail_file (sha256),
  PRIMARY KEY (mail_id, position)
);
CREATE INDEX mail_attachment_file ON mail_attachment (sha256);
