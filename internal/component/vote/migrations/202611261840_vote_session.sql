-- +goose Up
-- A series may be put to the vote in session: the chair opens it and closes it there. item_id is the
-- item of the agenda it belongs to, 0 for none.
ALTER TABLE vote_series ADD COLUMN in_session BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE vote_series ADD COLUMN item_id BIGINT NOT NULL DEFAULT 0;
