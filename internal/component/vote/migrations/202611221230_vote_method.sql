-- +goose Up
-- A resolution may be counted by a rule of package tally: its name ('' for the statutes' own way
-- of counting) and its settings, a JSON object. The gender of a candidate serves parity.
ALTER TABLE vote_resolution ADD COLUMN method TEXT NOT NULL DEFAULT '';
ALTER TABLE vote_resolution ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE vote_option ADD COLUMN gender TEXT NOT NULL DEFAULT '';
