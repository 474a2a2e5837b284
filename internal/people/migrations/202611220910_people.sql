-- +goose Up
-- The register: one line per member, known by its number.
CREATE TABLE member (
  id          BIGINT PRIMARY KEY,
  number      TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL CHECK (kind IN ('person', 'organisation')),
  last_name   TEXT NOT NULL,
  first_name  TEXT NOT NULL,
  email       TEXT NOT NULL,
  address     TEXT NOT NULL,
  postcode    TEXT NOT NULL,
  city        TEXT NOT NULL,
  country     TEXT NOT NULL,
  phone       TEXT NOT NULL,
  college     TEXT NOT NULL,
  shares      BIGINT NOT NULL CHECK (shares >= 0),
  paid_up     BOOLEAN NOT NULL,
  admitted_on TEXT NOT NULL,
  left_on     TEXT NOT NULL,
  language    TEXT NOT NULL,
  search      TEXT NOT NULL,
  updated_at  BIGINT NOT NULL,
  erased_at   BIGINT
);
CREATE INDEX member_name ON member (last_name, first_name, id);
CREATE INDEX member_email ON member (email);
CREATE INDEX member_college ON member (college, last_name, first_name, id);

-- Who can sign in: at most one account per member.
CREATE TABLE account (
  id         BIGINT PRIMARY KEY,
  member_id  BIGINT UNIQUE REFERENCES member (id),
  name       TEXT NOT NULL,
  email      TEXT NOT NULL,
  language   TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  closed_at  BIGINT
);
CREATE INDEX account_email ON account (email);

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES account (id),
  device     TEXT NOT NULL,
  method     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id);

-- Links sent by mail (and the first administrator's): used once, hashed at rest.
CREATE TABLE sign_in_link (
  token_hash TEXT PRIMARY KEY,
  purpose    TEXT NOT NULL CHECK (purpose IN ('sign-in', 'first-administrator')),
  email      TEXT NOT NULL,
  next       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
);
CREATE INDEX sign_in_link_email ON sign_in_link (email, created_at);

-- Links asked for, until the mails are made: whether the address is known is not looked at
-- while the person waits.
CREATE TABLE link_request (
  id    BIGINT PRIMARY KEY,
  email TEXT NOT NULL,
  next  TEXT NOT NULL
);

-- Personal codes on paper, kept as a keyed hash.
CREATE TABLE paper_code (
  code_hash  TEXT PRIMARY KEY,
  member_id  BIGINT NOT NULL REFERENCES member (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX paper_code_member ON paper_code (member_id);

CREATE TABLE passkey (
  credential_id TEXT PRIMARY KEY,
  account_id    BIGINT NOT NULL REFERENCES account (id),
  name          TEXT NOT NULL,
  credential    TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  used_at       BIGINT
);
CREATE INDEX passkey_account ON passkey (account_id);

-- The server's side of a passkey being made or used, until the device has answered.
CREATE TABLE passkey_ceremony (
  token_hash TEXT PRIMARY KEY,
  state      TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- Attempts to sign in, counted per key (an address, a network) to slow guessing down;
-- since is the moment of the last.
CREATE TABLE attempt (
  key   TEXT PRIMARY KEY,
  count BIGINT NOT NULL,
  since BIGINT NOT NULL
);

-- The organisation's own settings: one JSON value per key.
CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
