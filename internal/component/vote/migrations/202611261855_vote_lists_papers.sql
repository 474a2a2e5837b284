-- +goose Up
-- A list has its candidates, in order: a JSON array of names and genders. A count of papers that are
-- entered one by one is done once its scrutineer says so.
ALTER TABLE vote_option ADD COLUMN members TEXT NOT NULL DEFAULT '[]';
ALTER TABLE vote_paper_count ADD COLUMN done BOOLEAN NOT NULL DEFAULT TRUE;
