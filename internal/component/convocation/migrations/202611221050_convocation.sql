-- +goose Up
-- A convocation: one per space and call (1 for the first, 2 for the second). subject and intro
-- are '' until somebody writes others than those proposed. held_at is the date of the assembly
-- that it convenes to, and reason why it left late, once it has left.
CREATE TABLE convocation (
  space_id   BIGINT NOT NULL REFERENCES space (id),
  call       BIGINT NOT NULL,
  subject    TEXT NOT NULL,
  intro      TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('draft', 'sending', 'sent')),
  reason     TEXT NOT NULL,
  held_at    BIGINT,
  started_at BIGINT,
  started_by BIGINT NOT NULL,
  sent_at    BIGINT,
  PRIMARY KEY (space_id, call)
);
CREATE INDEX convocation_sending ON convocation (space_id, call) WHERE state = 'sending';

-- What it said, in each language, as it left: JSON of the document.
CREATE TABLE convocation_document (
  space_id BIGINT NOT NULL,
  call     BIGINT NOT NULL,
  lang     TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (space_id, call, lang)
);

-- A file of letters, made to be printed together. downloads counts how often its codes were issued.
CREATE TABLE convocation_batch (
  id          BIGINT PRIMARY KEY,
  space_id    BIGINT NOT NULL,
  call        BIGINT NOT NULL,
  made_at     BIGINT NOT NULL,
  made_by     BIGINT NOT NULL,
  downloads   BIGINT NOT NULL,
  posted_on   BIGINT,
  recorded_at BIGINT,
  recorded_by BIGINT
);
CREATE INDEX convocation_batch_call ON convocation_batch (space_id, call, id);

-- The proof of sending, one line per member. address and mail_id are the mail's, at and reply
-- what became of it; a letter is in a batch, and its date and witness are the batch's.
CREATE TABLE convocation_recipient (
  space_id  BIGINT NOT NULL,
  call      BIGINT NOT NULL,
  member_id BIGINT NOT NULL REFERENCES member (id),
  channel   TEXT NOT NULL CHECK (channel IN ('mail', 'letter')),
  state     TEXT NOT NULL CHECK (state IN ('waiting', 'queued', 'sent', 'refused', 'outbox', 'letter', 'printed')),
  address   TEXT NOT NULL,
  mail_id   BIGINT,
  at        BIGINT,
  reply     TEXT NOT NULL,
  batch_id  BIGINT REFERENCES convocation_batch (id),
  PRIMARY KEY (space_id, call, member_id)
);
CREATE INDEX convocation_recipient_state ON convocation_recipient (space_id, call, state, member_id);
CREATE INDEX convocation_recipient_mail ON convocation_recipient (mail_id);
CREATE INDEX convocation_recipient_batch ON convocation_recipient (batch_id);

-- Reminders to come: so many minutes before the vote closes. sent_at once it is done.
CREATE TABLE convocation_reminder (
  id         BIGINT PRIMARY KEY,
  space_id   BIGINT NOT NULL REFERENCES space (id),
  before_min BIGINT NOT NULL,
  created_by BIGINT NOT NULL,
  sent_at    BIGINT,
  UNIQUE (space_id, before_min)
);

-- Who was reminded, and what became of the mail. run is one sending to many.
CREATE TABLE convocation_reminded (
  run       BIGINT NOT NULL,
  space_id  BIGINT NOT NULL,
  member_id BIGINT NOT NULL REFERENCES member (id),
  state     TEXT NOT NULL CHECK (state IN ('waiting', 'queued', 'sent', 'refused', 'outbox')),
  mail_id   BIGINT,
  at        BIGINT NOT NULL,
  PRIMARY KEY (run, member_id)
);
CREATE INDEX convocation_reminded_member ON convocation_reminded (member_id, at);
CREATE INDEX convocation_reminded_mail ON convocation_reminded (mail_id);
CREATE INDEX convocation_reminded_waiting ON convocation_reminded (run, member_id) WHERE state = 'waiting';
CREATE INDEX convocation_reminded_space ON convocation_reminded (space_id, run);
