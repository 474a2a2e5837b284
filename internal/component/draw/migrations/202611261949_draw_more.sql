-- +goose Up
-- Draws by constituency, alternates, and the letters that invite people to volunteer.
ALTER TABLE draw ADD COLUMN constituencies TEXT NOT NULL DEFAULT ''; -- JSON; '': no such rule
ALTER TABLE draw ADD COLUMN mailing TEXT NOT NULL DEFAULT '';        -- JSON: how the letters were drawn; '': none were
ALTER TABLE draw_volunteer ADD COLUMN reserve BIGINT;                -- rank among the alternates

-- A letter and its code, until the personal data are erased.
CREATE TABLE draw_letter (
  draw_id      BIGINT NOT NULL REFERENCES draw (id),
  code         TEXT NOT NULL,
  stratum      TEXT NOT NULL,
  recipient    TEXT NOT NULL, -- the lines of the address
  volunteer_id BIGINT REFERENCES draw_volunteer (id), -- who answered with the code
  PRIMARY KEY (draw_id, code)
);
CREATE INDEX draw_letter_volunteer ON draw_letter (volunteer_id);
