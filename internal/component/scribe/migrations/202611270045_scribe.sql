-- +goose Up
-- Whether a machine writes what is said in a space's session, in which language, and at which address,
-- as people were told. Node is the process that listens, as long as it says so (beat_at); trouble is why
-- nothing is written ('': it is), lost how many passages were not.
CREATE TABLE scribe (
  space_id BIGINT PRIMARY KEY REFERENCES space (id),
  active   BOOLEAN NOT NULL,
  lang     TEXT NOT NULL,
  host     TEXT NOT NULL,
  node     TEXT NOT NULL,
  beat_at  BIGINT, -- NULL: nobody has listened yet
  trouble  TEXT NOT NULL,
  lost     BIGINT NOT NULL
);
